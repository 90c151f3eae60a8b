// A training estimate for people: the result, where the time goes, memory by part and stage,
// energy, cost, and what was assumed.
#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

/// The report as lines. Parts without time are left out of the table; what is shown sums to the
/// total.
std::string training_text(const TrainingAnswer& answer, PageStyle style);

/// What was assumed, value and reason of each.
std::string assumption_table(const std::vector<Assumption>& assumptions, PageStyle style);

/// What is missing, part by part, and what would fit. Precondition: the plan does not fit.
std::string shortfall_text(const TrainingAnswer& answer, PageStyle style);

}  // namespace polyfleet
