#include "chart/data_table.hpp"

#include <algorithm>
#include <utility>

#include "base/csv.hpp"
#include "chart/number_text.hpp"

namespace polyfleet {
namespace {

std::string head_of(const DataColumn& column) {
  return column.unit.empty() ? column.name : column.name + " (" + column.unit + ")";
}

std::string cell_of(const DataColumn& column, std::size_t row, bool with_time) {
  if (row >= column.size()) return {};
  switch (column.kind) {
    case ColumnKind::word:
      return csv_cell(column.words[row]);
    case ColumnKind::date:
      return date_text(column.numbers[row], with_time);
    case ColumnKind::number:
      return exact_number(column.numbers[row]);
  }
  return {};
}

}  // namespace

DataTable& DataTable::number(std::string name, std::string unit, std::vector<double> numbers) {
  columns.push_back({std::move(name), std::move(unit), ColumnKind::number, std::move(numbers), {}});
  return *this;
}

DataTable& DataTable::date(std::string name, std::vector<double> days) {
  columns.push_back({std::move(name), {}, ColumnKind::date, std::move(days), {}});
  return *this;
}

DataTable& DataTable::word(std::string name, std::vector<std::string> words) {
  columns.push_back({std::move(name), {}, ColumnKind::word, {}, std::move(words)});
  return *this;
}

const DataColumn* DataTable::find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const DataColumn& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string table_csv(const DataTable& table) {
  std::string csv;
  std::vector<bool> with_time;
  for (const DataColumn& column : table.columns) {
    if (!csv.empty()) csv += ',';
    csv += csv_cell(head_of(column));
    with_time.push_back(column.kind == ColumnKind::date && dates_have_times(column.numbers));
  }
  csv += "\r\n";
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) csv += ',';
      csv += cell_of(table.columns[i], row, with_time[i]);
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace polyfleet
