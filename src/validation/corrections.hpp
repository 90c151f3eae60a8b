// Known faults of published rows and what is used instead (validation/corrections.toml): applied
// visibly when a row is interpreted, never to the CSV.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"
#include "validation/truth_row.hpp"

namespace polyfleet {

struct RowCorrection {
  std::string id;        ///< a row's id or a pattern (wording.hpp)
  std::string column;    ///< which cell
  std::string when;      ///< only if the cell holds this now; empty = whatever it holds
  std::string value;     ///< the new cell
  double factor = 0;     ///< or: multiply the number in the cell
  bool fill = false;     ///< only if the cell is empty
  bool exclude = false;  ///< leave the row out
  std::string reason, source;
};

/// One change that was made, in words.
struct AppliedCorrection {
  std::string column, value, source;
  bool exclude = false;
  std::string reason;
};

/// Errors: an unknown key, an entry without id, reason or source, or with nothing to do.
Result<std::vector<RowCorrection>> read_corrections(const Value& document);

/// Changes the row's cells; says what was changed, in the order of the list.
std::vector<AppliedCorrection> correct(TruthRow& row,
                                       const std::vector<RowCorrection>& corrections);

}  // namespace polyfleet
