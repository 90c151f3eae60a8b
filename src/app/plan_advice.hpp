// When no plan fits: the smallest changes of the question under which one does, each searched
// whole: settings that were pinned or left out, less head-room, narrower optimiser states, more
// devices.
#pragma once

#include <vector>

#include "app/workspace.hpp"
#include "planner/plan_search.hpp"
#include "report/plan_answer.hpp"

namespace polyfleet {

/// In the order in which they cost the user least; empty when nothing helps (or the search is
/// stopped). Precondition: search_plans() of the question finds nothing.
std::vector<QuestionChange> changes_that_fit(const PlanSearchQuestion& question,
                                             const SearchControl& control);

}  // namespace polyfleet
