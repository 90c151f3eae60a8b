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
  /// What is wrong with the form of the record that next() gave last, or empty.
  const char* fault() const { return fault_; }

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
    fault_ = "";
    std::string cell;
    bool quoted = false, closed = false;
    while (!done()) {
      const char c = text_[at_++];
      if (quoted) {
        if (c == '\n') ++line_;
        if (c == '"' && !done() && text_[at_] == '"') {
          cell += '"';
          ++at_;
        } else if (c == '"') {
          quoted = false;
          closed = true;
        } else {
          cell += c;
        }
        continue;
      }
      if (c == '"' && cell.empty() && !closed) {
        quoted = true;
      } else if (c == ',') {
        add(row, cell);
        closed = false;
      } else if (c == '\n') {
        ++line_;
        break;
      } else if (closed && c != '\r') {
        fault_ = "has text after a closing quote";
      } else if (c != '\r') {
        cell += c;
      }
    }
    if (quoted) fault_ = "a quote opens and never closes";
    add(row, cell);
    return row;
  }

 private:
  /// A record of nothing but commas must not eat the memory: past the limit cells are dropped and
  /// the record is faulty.
  void add(CsvRow& row, std::string& cell) {
    constexpr std::size_t kMostCells = 10'000;
    if (row.cells.size() < kMostCells) {
      row.cells.push_back(std::move(cell));
    } else {
      fault_ = "has more than 10000 cells";
    }
    cell.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  const char* fault_ = "";
};

bool is_blank(const CsvRow& row) { return row.cells.size() == 1 && row.cells[0].empty(); }

Diagnostics header_problems(const Splitter& splitter, const CsvRow& header,
                            const std::string& file) {
  const Position where{file, header.line, 0};
  if (*splitter.fault() != '\0') return {problem_at(where, splitter.fault())};
  if (is_blank(header)) {
    return {problem_at(where, "is blank where the header should be",
                       "begin with a line of column names")};
  }
  Diagnostics problems;
  std::vector<std::string> names = header.cells;
  std::sort(names.begin(), names.end());
  for (std::size_t i = 1; i < names.size(); ++i) {
    const bool first_repeat = names[i] == names[i - 1] && (i < 2 || names[i] != names[i - 2]);
    if (first_repeat) {
      problems.push_back(problem_at(where, "names the column '" + names[i] + "' twice",
                                    "give each column its own name"));
    }
  }
  return problems;
}

/// What is wrong with one row, or empty.
std::string row_fault(const Splitter& splitter, const CsvRow& row, std::size_t columns) {
  if (*splitter.fault() != '\0') return splitter.fault();
  if (row.cells.size() == columns) return {};
  return "has " + std::to_string(row.cells.size()) + " cells where the header has " +
         std::to_string(columns);
}

}  // namespace

Result<CsvTable> CsvTable::parse(std::string_view text, std::string file) {
  CsvTable table;
  table.file_ = std::move(file);
  if (text.find('\0') != std::string_view::npos)
    return problem_at({table.file_, 0, 0}, "holds binary data, not CSV text");
  Splitter splitter(text);
  splitter.skip_comment_lines();
  if (splitter.done()) return problem_at({table.file_, 1, 0}, "is empty: a header line is needed");
  CsvRow header = splitter.next();
  Diagnostics problems = header_problems(splitter, header, table.file_);
  if (!problems.empty()) return problems;
  table.columns_ = std::move(header.cells);
  constexpr std::size_t kMostProblems = 20;
  std::size_t unlisted = 0;
  while (!splitter.done()) {
    CsvRow row = splitter.next();
    if (is_blank(row) && *splitter.fault() == '\0') continue;
    const std::string fault = row_fault(splitter, row, table.columns_.size());
    if (fault.empty()) {
      table.rows_.push_back(std::move(row));
    } else if (problems.size() < kMostProblems) {
      problems.push_back(problem_at({table.file_, row.line, 0}, fault));
    } else {
      ++unlisted;
    }
  }
  if (unlisted > 0) {
    problems.push_back(problem_at(
        {table.file_, 0, 0}, "has " + std::to_string(unlisted) + " more faulty rows, not listed"));
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
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::string csv_cell(std::string_view text) {
  const bool plain = text.find_first_of(",\"\n\r") == std::string_view::npos;
  if (plain && !text.starts_with('#')) return std::string(text);  // a bare # may open a comment
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace polyfleet
