// Aligned tables for terminals and documents. A column whose cells are all numbers (with or without
// a unit) is right aligned; where the table is wider than the page its widest text columns wrap at
// blanks: no cell is ever cut. Widths count characters as terminals show them (wide East Asian
// characters two, combining marks none), by Unicode ranges rather than the full tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

/// How a page looks: its width in characters (0 = unbounded) and whether ANSI colours may be used.
struct PageStyle {
  std::size_t width = 0;
  bool colour = false;
};

/// The style for standard output: the terminal's width ($COLUMNS, else asked of the terminal, else
/// 100), colour only on a terminal and only without $NO_COLOR.
PageStyle output_style();

/// Characters that a terminal needs for UTF-8 text.
std::size_t display_width(std::string_view text);

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> titles);

  /// Adds a row with one cell per title (fewer: the rest is empty; more is a bug).
  TextTable& row(std::vector<std::string> cells);
  /// Draws a line before the next row, as above totals.
  TextTable& rule();
  bool empty() const { return rows_.empty(); }

  /// The table as lines, each ending in a line break and without trailing blanks.
  std::string text(PageStyle style = {}) const;
  /// The table as GitHub Markdown; '|' is escaped, rules are left out.
  std::string markdown() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool ruled = false;
  };
  std::vector<std::size_t> widths(std::size_t page) const;
  bool is_numeric(std::size_t column) const;

  std::vector<std::string> titles_;
  std::vector<Row> rows_;
  bool rule_next_ = false;
};

}  // namespace polyfleet
