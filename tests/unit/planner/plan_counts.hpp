// What became of all plans of a search.
#pragma once

#include "planner/plan_search.hpp"

namespace polyfleet {

inline std::int64_t sum_of(const PlanCounts& counts) {
  return counts.impossible + counts.too_large + counts.refused + counts.bounded + counts.equal +
         counts.evaluated + counts.untouched;
}

}  // namespace polyfleet
