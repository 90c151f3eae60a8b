#include "chart/text_width.hpp"

#include <algorithm>
#include <cstddef>

namespace polyfleet {
namespace {

bool inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// In units of the font's size.
double advance(unsigned char c) {
  constexpr std::string_view kNarrow = "ijlI|.,:;'! ", kSlim = "frt-()[]/\\\"", kWide = "mMW@%";
  const char letter = static_cast<char>(c);
  if (c >= 0xE3) return 1.0;  // scripts of the far east, pictures
  if (c >= 0x80) return 0.64;
  if (kNarrow.find(letter) != std::string_view::npos) return 0.31;
  if (kSlim.find(letter) != std::string_view::npos) return 0.39;
  if (kWide.find(letter) != std::string_view::npos) return 0.95;
  if (letter >= 'A' && letter <= 'Z') return 0.71;
  if (letter >= '0' && letter <= '9') return 0.637;
  return 0.615;
}

}  // namespace

double text_width(std::string_view text, double size) {
  double width = 0;
  for (const char c : text)
    if (!inside_character(c)) width += advance(static_cast<unsigned char>(c));
  return width * size;
}

std::string cut_to(const std::string& text, double width, double size) {
  if (text_width(text, size) <= width) return text;
  const double room = width - text_width("…", size);
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = at + 1;
    while (next < text.size() && inside_character(text[next])) ++next;
    if (text_width(std::string_view(text).substr(0, next), size) > room) break;
    end = at = next;
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return text.substr(0, end) + "…";
}

std::vector<std::string> wrapped(const std::string& text, double width, double size,
                                 std::size_t most) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size() && lines.size() + 1 < most) {
    if (text_width(std::string_view(text).substr(begin), size) <= width) break;
    std::size_t best = 0;
    for (std::size_t at = begin + 1; at < text.size(); ++at) {
      const std::string_view head = std::string_view(text).substr(begin, at - begin);
      if (text_width(head, size) > width) break;
      const bool after = std::string_view("-/_").find(text[at - 1]) != std::string_view::npos;
      if (text[at] == ' ' || after) best = at;
    }
    if (best == 0) break;
    lines.push_back(text.substr(begin, best - begin));
    begin = best;
    while (begin < text.size() && text[begin] == ' ') ++begin;
  }
  lines.push_back(cut_to(text.substr(begin), width, size));
  return lines;
}

}  // namespace polyfleet
