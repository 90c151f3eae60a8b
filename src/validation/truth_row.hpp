// One row of a table of published training runs: the cells as collected, read by column name.
// Columns follow validation/training.csv; a file may lack any of them and may have others, so a
// cell that is not there reads as empty. What a row means is validation/interpretation.hpp's
// business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

struct TruthRow {
  int line = 0;                                           ///< in the file, for messages
  std::map<std::string, std::string, std::less<>> cells;  ///< without the empty ones

  /// The cell, trimmed; empty if the source does not state it.
  std::string_view text(std::string_view column) const;
  /// A finite number that fills the cell.
  std::optional<double> number(std::string_view column) const;
  /// A whole number of at least 1 that fills the cell ("64", "64.0").
  std::optional<std::int64_t> count(std::string_view column) const;
  /// true/yes or false/no.
  std::optional<bool> flag(std::string_view column) const;
  /// The value of "key=value" or "key~value" in the notes, or in other_settings; empty if absent.
  std::string_view remark(std::string_view key) const;
};

/// Every row of a CSV with at least the columns id, accelerator, model, measured_metric and
/// measured_value; a row without an id is called line-<number>. Errors: a malformed table, a
/// missing column.
Result<std::vector<TruthRow>> read_truth(std::string_view csv, const std::string& file);

}  // namespace polyfleet
