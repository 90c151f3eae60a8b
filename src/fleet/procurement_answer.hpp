// What an answer of the procurement program says: purchases, costs, quarters, and the limits that
// bind with their prices.
#pragma once

#include "fleet/procurement_program.hpp"

namespace polyfleet {

/// Everything but `feasible`, `binding` and `gap`.
ProcurementPlan plan_of(const ProcurementProblem& problem, const ProcurementLayout& layout,
                        const ProcurementNumbers& numbers, const std::vector<double>& values);

/// `missed`: the answer minimised what is missed, the limits are those that forbid.
std::vector<BindingLimit> plan_limits(const ProcurementProblem& problem,
                                      const ProcurementLayout& layout,
                                      const ProcurementNumbers& numbers, const LinearAnswer& answer,
                                      bool missed);

}  // namespace polyfleet
