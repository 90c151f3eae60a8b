// Published throughput ratios of mixed vendors and generations beside the predicted ones. A ratio's
// error is told in points: 0.98 against 0.94 is 4 points off.
#pragma once

#include <string>

#include "config/value.hpp"
#include "report/table.hpp"
#include "validation/mixed_validation.hpp"

namespace polyfleet {

/// The ratios as a table, then what keeps the other rows from being set up.
std::string mixed_validation_text(const MixedValidation& validation, PageStyle style);

/// {rows, set_up, within_five_points, catalogue_alone_within_five_points, ratios: [...],
/// not_set_up: [{source, workload, missing}]}.
Value mixed_validation_json(const MixedValidation& validation);

/// One line a row, those that could not be set up included.
std::string mixed_validation_csv(const MixedValidation& validation);

}  // namespace polyfleet
