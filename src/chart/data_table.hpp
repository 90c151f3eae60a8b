// The numbers behind a picture: named columns of equal length, each with its unit. A chart draws
// columns of its figure's table and nothing else, so what is seen can always be read and exported.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

enum class ColumnKind {
  number,  ///< in the column's unit; NaN = unknown, drawn as a gap and printed as an empty cell
  date,    ///< days since 1970-01-01 in `numbers`, printed as YYYY-MM-DD
  word,    ///< text
};

struct DataColumn {
  std::string name;       ///< unique in its table; what heads of tables, legends and axes say
  std::string unit = {};  ///< "ms", "GW", "USD/Mtoken"; empty = a pure number or words
  ColumnKind kind = ColumnKind::number;
  std::vector<double> numbers = {};     ///< of kinds number and date
  std::vector<std::string> words = {};  ///< of kind word

  std::size_t size() const { return kind == ColumnKind::word ? words.size() : numbers.size(); }
};

struct DataTable {
  std::vector<DataColumn> columns;

  /// Appends a column and returns the table, so that tables are written as chains.
  DataTable& number(std::string name, std::string unit, std::vector<double> numbers);
  DataTable& date(std::string name, std::vector<double> days);
  DataTable& word(std::string name, std::vector<std::string> words);

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
  /// The column of this name, or null pointer.
  const DataColumn* find(std::string_view name) const;
};

/// RFC 4180: a head "name (unit)", numbers as short as they read back, dates as YYYY-MM-DD.
std::string table_csv(const DataTable& table);

}  // namespace polyfleet
