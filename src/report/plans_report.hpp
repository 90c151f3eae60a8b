// The planner against published plans: is its plan no slower, where do the published ones stand
// among all that fit, by source, vendor and kind, and which stand worst and why.
#pragma once

#include <string>

#include "config/value.hpp"
#include "report/table.hpp"
#include "validation/plan_validation.hpp"

namespace polyfleet {

std::string plans_text(const PlanValidation& validation, PageStyle style, std::size_t worst = 15);
/// {rows, configurations, repeated, skipped, planner_no_slower, standing, by_source, by_vendor,
/// by_workload, exceptions, plans}
Value plans_json(const PlanValidation& validation);
/// One row per configuration: both plans, their times, memory, standing.
std::string plans_csv(const PlanValidation& validation);

/// Where the published plan loses against the planner's: the parts of the step that shrink most.
std::string why_slower(const JudgedPlan& plan);

}  // namespace polyfleet
