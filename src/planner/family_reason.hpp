// One sentence of figures on why a family of plans loses or does not fit.
#pragma once

#include <string>

#include "planner/cell_search.hpp"

namespace polyfleet {

/// A part of the step and its share of it.
struct StepShare {
  std::string part;
  Seconds time;
};

/// What makes `own` slower than `best`: the part of the step that grew most.
std::string why_it_loses(const PlanSearchQuestion& question, const PlannedPlan& own,
                         const PlannedPlan& best);
/// By how much the leanest plan does not fit.
std::string why_it_does_not_fit(const PlanSearchQuestion& question, const PlannedPlan& leanest);

}  // namespace polyfleet
