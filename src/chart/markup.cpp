#include "chart/markup.hpp"

#include <cstddef>

namespace polyfleet {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

/// Bytes of the well-formed UTF-8 character at `at` that XML 1.0 allows (The Unicode Standard 15,
/// table 3-7; XML 1.0, production 2), or 0.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char head = byte(0);
  if (head < 0x20) return head == '\t' || head == '\n' || head == '\r' ? 1 : 0;
  if (head < 0x80) return head == 0x7F ? 0 : 1;
  if (head < 0xC2 || head > 0xF4) return 0;
  const std::size_t length = head < 0xE0 ? 2 : head < 0xF0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(text, at + i)) return 0;
  if (head == 0xC2 && byte(1) < 0xA0) return 0;                     // C1 controls
  if (head == 0xE0 && byte(1) < 0xA0) return 0;                     // overlong
  if (head == 0xED && byte(1) > 0x9F) return 0;                     // surrogates
  if (head == 0xEF && byte(1) == 0xBF && byte(2) > 0xBD) return 0;  // U+FFFE, U+FFFF
  if (head == 0xF0 && byte(1) < 0x90) return 0;
  if (head == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 8);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    if (length == 0) {
      result += kReplacement;
      ++at;
      continue;
    }
    switch (text[at]) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result.append(text, at, length);
    }
    at += length;
  }
  return result;
}

}  // namespace polyfleet
