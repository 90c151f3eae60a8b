// CSV as published tables use it (RFC 4180: quotes, doubled quotes, CRLF, quoted line breaks), with
// line numbers. Lines that open with '#' before the header are comments; blank lines are skipped.
// Diagnosed: a row with more or fewer cells than the header, a missing header, a column named
// twice, text after a closing quote, a quote that never closes, binary data. The first 20 problems
// are listed, the others counted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

struct CsvRow {
  int line = 0;
  std::vector<std::string> cells;
};

class CsvTable {
 public:
  static Result<CsvTable> parse(std::string_view text, std::string file);

  const std::string& file() const { return file_; }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<CsvRow>& rows() const { return rows_; }
  /// The index of a column, or nothing.
  std::optional<std::size_t> column(std::string_view name) const;
  /// The indices of columns that must be there; every missing one is diagnosed.
  Result<std::vector<std::size_t>> require(const std::vector<std::string>& names) const;

 private:
  std::string file_;
  std::vector<std::string> columns_;
  std::vector<CsvRow> rows_;
};

/// A finite decimal number that fills the whole text (surrounding blanks allowed), or nothing.
std::optional<double> parse_number(std::string_view text);

/// One cell quoted where CSV needs it.
std::string csv_cell(std::string_view text);

}  // namespace polyfleet
