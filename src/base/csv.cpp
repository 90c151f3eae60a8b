#include "base/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

/// Splits records one by one; `line_` is the line on which the current record began.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }

  bool done() const { return at_ >= text_.size(); }
  int line() const { return line_; }
  bool open_quote() const { return open_quote_; }

  void skip_comment_lines() {
    while (!done() && text_[at_] == '#') {
      while (!done() && text_[at_] != '\n') ++at_;
      if (!done()) ++at_;
      ++line_;
    }
  }

  CsvRow next() {
    CsvRow row;
    row.line = line_;
    std::string cell;
    bool quoted = false;
    while (!done()) {
      const char c = text_[at_++];
      if (quoted) {
        if (c == '\n') ++line_;
        if (c == '"' && !done() && text_[at_] == '"') {
          cell += '"';
          ++at_;
        } else if (c == '"') {
          quoted = false;
        } else {
          cell += c;
        }
        continue;
      }
      if (c == '"' && cell.empty()) {
        quoted = true;
      } else if (c == ',') {
        row.cells.push_back(std::move(cell));
        cell.clear();
      } else if (c == '\n') {
        ++line_;
        break;
      } else if (c != '\r') {
        cell += c;
      }
    }
    open_quote_ = quoted;
    row.cells.push_back(std::move(cell));
    return row;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool open_quote_ = false;
};

bool is_blank(const CsvRow& row) { return row.cells.size() == 1 && row.cells[0].empty(); }

}  // namespace

Result<CsvTable> CsvTable::parse(std::string_view text, std::string file) {
  CsvTable table;
  table.file_ = std::move(file);
  if (text.find('\0') != std::string_view::npos)
    return problem_at({table.file_, 0, 0}, "holds binary data, not CSV text");
  Diagnostics problems;
  Splitter splitter(text);
  splitter.skip_comment_lines();
  if (splitter.done()) return problem_at({table.file_, 1, 0}, "is empty: a header line is needed");
  table.columns_ = splitter.next().cells;
  constexpr std::size_t kMostProblems = 20;
  while (!splitter.done() && problems.size() < kMostProblems) {
    CsvRow row = splitter.next();
    if (splitter.open_quote()) {
      problems.push_back(problem_at({table.file_, row.line, 0}, "a quote opens and never closes"));
      break;
    }
    if (is_blank(row)) continue;
    if (row.cells.size() != table.columns_.size()) {
      problems.push_back(
          problem_at({table.file_, row.line, 0}, "has " + std::to_string(row.cells.size()) +
                                                     " cells where the header has " +
                                                     std::to_string(table.columns_.size())));
      continue;
    }
    table.rows_.push_back(std::move(row));
  }
  if (!problems.empty()) return problems;
  return table;
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

Result<std::vector<std::size_t>> CsvTable::require(const std::vector<std::string>& names) const {
  std::vector<std::size_t> indices;
  Diagnostics problems;
  for (const std::string& name : names) {
    if (const auto index = column(name)) {
      indices.push_back(*index);
    } else {
      problems.push_back(problem_at({file_, 1, 0}, "the column '" + name + "' is missing",
                                    name_suggestion(name, columns_)));
    }
  }
  if (!problems.empty()) return problems;
  return indices;
}

std::optional<double> parse_number(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace polyfleet
