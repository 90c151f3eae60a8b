#include "report/table.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <numeric>

#include "base/check.hpp"
#include "base/csv.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kGap = 2;             // blanks between columns
constexpr std::size_t kNarrowestText = 12;  // a wrapped column does not get narrower
constexpr std::size_t kPageWidth = 100;     // where nobody says how wide the page is

struct CodeRange {
  std::uint32_t first, last;
};
// Unicode 15: combining marks and zero-width characters; wide and full-width blocks (UAX 11).
constexpr auto kNoWidth = std::to_array<CodeRange>(
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}});
constexpr auto kWide = std::to_array<CodeRange>({{0x1100, 0x115F},
                                                 {0x2E80, 0x303E},
                                                 {0x3041, 0xA4CF},
                                                 {0xAC00, 0xD7A3},
                                                 {0xF900, 0xFAFF},
                                                 {0xFE30, 0xFE6F},
                                                 {0xFF00, 0xFF60},
                                                 {0xFFE0, 0xFFE6},
                                                 {0x1F300, 0x1F64F},
                                                 {0x1F900, 0x1F9FF},
                                                 {0x20000, 0x3FFFD}});

template <std::size_t N>
bool is_in(std::uint32_t code, const std::array<CodeRange, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

/// Takes one UTF-8 character off the front; a byte that begins none counts as a character.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length && i < text.size(); ++i)
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  text.remove_prefix(std::min(length, text.size()));
  return code;
}

/// Breaks at blanks into lines of at most `width`; a longer word keeps a line of its own.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  while (true) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
    if (blank == std::string_view::npos) break;
    text.remove_prefix(blank + 1);
  }
  lines.push_back(std::move(line));
  return lines;
}

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  while (true) {
    const std::size_t blank = text.find(' ');
    longest = std::max(longest, display_width(text.substr(0, blank)));
    if (blank == std::string_view::npos) return longest;
    text.remove_prefix(blank + 1);
  }
}

std::string padded(const std::string& cell, std::size_t width, bool right) {
  const std::size_t needed = display_width(cell);
  const std::string blanks(width > needed ? width - needed : 0, ' ');
  return right ? blanks + cell : cell + blanks;
}

/// One row of cells as as many lines as its tallest cell needs.
std::string lines_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                     const std::vector<bool>& right) {
  std::vector<std::vector<std::string>> columns;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool fits = display_width(cells[i]) <= widths[i];
    columns.push_back(fits ? std::vector{cells[i]} : wrapped(cells[i], widths[i]));
    height = std::max(height, columns.back().size());
  }
  std::string text;
  for (std::size_t line = 0; line < height; ++line) {
    std::string out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string cell = line < columns[i].size() ? columns[i][line] : "";
      if (i > 0) out.append(kGap, ' ');
      out += padded(cell, widths[i], right[i]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + '\n';
  }
  return text;
}

std::string rule_of(const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i)
    line += (i > 0 ? std::string(kGap, ' ') : "") + std::string(widths[i], '-');
  return line + '\n';
}

std::string markdown_line(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) {
    line += ' ';
    for (const char c : cell) line += c == '|' ? std::string("\\|") : std::string(1, c);
    line += " |";
  }
  return line + '\n';
}

/// "12", "+3.5 %", "-4 GB/s", "1.2e9", "3-5 ms": begins with a number. Dashes alone are no data.
bool begins_with_number(std::string_view cell) {
  const std::size_t sign = cell.find_first_not_of("+-<>~ ");
  return sign != std::string_view::npos && (cell[sign] >= '0' && cell[sign] <= '9');
}
bool is_no_data(std::string_view cell) {
  return cell.find_first_not_of("- ") == std::string_view::npos || cell == "n/a";
}

}  // namespace

PageStyle output_style() {
  PageStyle style{kPageWidth, false};
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    style.width = size.ws_col;
  if (const char* columns = std::getenv("COLUMNS")) {
    const auto number = parse_number(columns);
    constexpr double kWidest = 10'000;
    if (number && *number >= 1 && *number <= kWidest)
      style.width = static_cast<std::size_t>(*number);
  }
  const char* no_colour = std::getenv("NO_COLOR");
  style.colour = terminal && (no_colour == nullptr || *no_colour == '\0');
  return style;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::uint32_t code = take_character(text);
    width += is_in(code, kNoWidth) ? 0 : is_in(code, kWide) ? 2 : 1;
  }
  return width;
}

TextTable::TextTable(std::vector<std::string> titles) : titles_(std::move(titles)) {}

TextTable& TextTable::row(std::vector<std::string> cells) {
  POLYFLEET_CHECK(cells.size() <= titles_.size(), "a row has at most one cell per title");
  cells.resize(titles_.size());
  rows_.push_back({std::move(cells), rule_next_});
  rule_next_ = false;
  return *this;
}

TextTable& TextTable::rule() {
  rule_next_ = true;
  return *this;
}

bool TextTable::is_numeric(std::size_t column) const {
  bool some = false;
  for (const Row& row : rows_) {
    if (is_no_data(row.cells[column])) continue;
    if (!begins_with_number(row.cells[column])) return false;
    some = true;
  }
  return some;
}

std::vector<std::size_t> TextTable::widths(std::size_t page) const {
  std::vector<std::size_t> widths, narrowest;
  for (std::size_t i = 0; i < titles_.size(); ++i) {
    std::size_t width = display_width(titles_[i]), least = longest_word(titles_[i]);
    for (const Row& row : rows_) {
      width = std::max(width, display_width(row.cells[i]));
      least = std::max(least, longest_word(row.cells[i]));
    }
    widths.push_back(width);
    narrowest.push_back(is_numeric(i) ? width : std::min(width, std::max(least, kNarrowestText)));
  }
  const std::size_t gaps = titles_.empty() ? 0 : kGap * (titles_.size() - 1);
  while (page > 0 && std::accumulate(widths.begin(), widths.end(), gaps) > page) {
    std::size_t widest = titles_.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const bool can_shrink = widths[i] > narrowest[i];
      if (can_shrink && (widest == titles_.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == titles_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string TextTable::text(PageStyle style) const {
  const std::vector<std::size_t> widths = this->widths(style.width);
  std::vector<bool> right;
  for (std::size_t i = 0; i < titles_.size(); ++i) right.push_back(is_numeric(i));
  std::string text = lines_of(titles_, widths, right);
  if (style.colour) text = "\x1b[1m" + text.substr(0, text.size() - 1) + "\x1b[0m\n";
  text += rule_of(widths);
  for (const Row& row : rows_) {
    if (row.ruled) text += rule_of(widths);
    text += lines_of(row.cells, widths, right);
  }
  return text;
}

std::string TextTable::markdown() const {
  std::string text = markdown_line(titles_);
  text += '|';
  for (std::size_t i = 0; i < titles_.size(); ++i) text += is_numeric(i) ? " ---: |" : " --- |";
  text += '\n';
  for (const Row& row : rows_) text += markdown_line(row.cells);
  return text;
}

}  // namespace polyfleet
