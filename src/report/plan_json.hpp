// A plan search as JSON for programs: everything, without selection. Keys carry their unit; order
// and names are stable.
#pragma once

#include "config/value.hpp"
#include "report/plan_answer.hpp"

namespace polyfleet {

Value plan_json(const PlanAnswer& answer);

/// {plans, impossible, ...}: sums to plans.
Value counts_json(const PlanCounts& counts);

}  // namespace polyfleet
