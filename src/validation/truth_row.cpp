#include "validation/truth_row.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/csv.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr double kLargestCount = 1e15;  // exactly representable, far above any batch or parameter

std::string_view remark_in(std::string_view cell, std::string_view key) {
  std::size_t at = 0;
  while ((at = cell.find(key, at)) != std::string_view::npos) {
    const std::size_t mark = at + key.size();
    const bool starts = at == 0 || cell[at - 1] == ' ' || cell[at - 1] == ';';
    if (starts && mark < cell.size() && (cell[mark] == '=' || cell[mark] == '~')) {
      const std::size_t end = std::min(cell.find(';', mark), cell.size());
      return trimmed(cell.substr(mark + 1, end - mark - 1));
    }
    at = mark;
  }
  return {};
}

}  // namespace

std::string_view TruthRow::text(std::string_view column) const {
  const auto cell = cells.find(column);
  return cell == cells.end() ? std::string_view() : trimmed(cell->second);
}

std::optional<double> TruthRow::number(std::string_view column) const {
  return parse_number(text(column));
}

std::optional<std::int64_t> TruthRow::count(std::string_view column) const {
  const std::optional<double> value = number(column);
  if (!value || *value < 1 || *value > kLargestCount || *value != std::floor(*value)) return {};
  return static_cast<std::int64_t>(*value);
}

std::optional<bool> TruthRow::flag(std::string_view column) const {
  const std::string value = lower(text(column));
  if (value == "true" || value == "yes") return true;
  if (value == "false" || value == "no") return false;
  return {};
}

std::string_view TruthRow::remark(std::string_view key) const {
  const std::string_view in_settings = remark_in(text("other_settings"), key);
  return in_settings.empty() ? remark_in(text("notes"), key) : in_settings;
}

Result<std::vector<TruthRow>> read_truth(std::string_view csv, const std::string& file) {
  const Result<CsvTable> table = CsvTable::parse(csv, file);
  if (!table) return table.problems();
  const auto needed =
      table->require({"id", "accelerator", "model", "measured_metric", "measured_value"});
  if (!needed) return needed.problems();
  std::vector<TruthRow> rows;
  for (const CsvRow& line : table->rows()) {
    TruthRow row;
    row.line = line.line;
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      if (!trimmed(line.cells[i]).empty()) row.cells[table->columns()[i]] = line.cells[i];
    }
    if (row.text("id").empty()) row.cells["id"] = fmt::format("line-{}", row.line);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace polyfleet
