#include "chart/draw.hpp"

#include <algorithm>

namespace polyfleet {

const DataColumn* number_column(const DataTable& data, const std::string& name) {
  const DataColumn* column = data.find(name);
  if (column == nullptr || column->kind == ColumnKind::word) return nullptr;
  return column->size() == data.rows() ? column : nullptr;
}

const DataColumn* word_column(const DataTable& data, const std::string& name) {
  const DataColumn* column = data.find(name);
  if (column == nullptr || column->kind != ColumnKind::word) return nullptr;
  return column->size() == data.rows() ? column : nullptr;
}

std::vector<const DataColumn*> number_columns(const DataTable& data,
                                              const std::vector<std::string>& names) {
  std::vector<const DataColumn*> columns;
  for (const std::string& name : names)
    if (const DataColumn* column = number_column(data, name)) columns.push_back(column);
  return columns;
}

std::string shared_name(const std::vector<const DataColumn*>& columns) {
  return columns.size() == 1 ? columns.front()->name : std::string();
}

}  // namespace polyfleet
