// A training estimate as JSON for programs. Keys carry their unit (_s, _bytes, _j, _usd, _g); order
// and names are stable: adding a key is compatible, renaming one is not.
#pragma once

#include "config/value.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

/// The whole answer. Unknown figures (cost without a price) are null.
Value training_json(const TrainingAnswer& answer);

/// {name: seconds} of every part of the step.
Value step_parts_json(const StepBreakdown& where);

/// [{setting, value, basis}].
Value assumptions_json(const std::vector<Assumption>& assumptions);

}  // namespace polyfleet
