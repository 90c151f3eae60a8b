// Figures of a group of published plans held against the planner.
#pragma once

#include <map>
#include <string>

#include "validation/plan_validation.hpp"

namespace polyfleet {

struct PlansSummary {
  std::size_t configurations = 0;
  std::size_t fitting = 0;           ///< published plans that fit by the memory model
  std::size_t no_slower = 0;         ///< of them, the planner's plan is predicted no slower
  std::size_t inside = 0;            ///< that fit and lie in the planner's space
  std::size_t no_slower_inside = 0;  ///< must equal `inside`
  double median_share = 0;           ///< of fitting plans that are faster than the published one
  double within_5 = 0, within_10 = 0, within_25 = 0;  ///< shares of the published plans that fit
  double median_ratio = 1;                            ///< published over planner's predicted time
};

enum class PlansGrouping { source, vendor, workload };

PlansSummary summary_of(const PlanValidation& validation);
std::map<std::string, PlansSummary> grouped(const PlanValidation& validation,
                                            PlansGrouping grouping);

}  // namespace polyfleet
