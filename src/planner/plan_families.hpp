// Why not otherwise: the plans of a space by each value of each degree of freedom, with the best of
// each family and one sentence of figures on what it loses. Proof: the whole search shows that a
// plan outside its best list costs at least as much as the last on it; a family's own floor may say
// more. Where the space is small each family is searched to the end; else a good plan of it is
// looked for near the best one, and the figure is the proven bound.
#pragma once

#include "planner/cell_search.hpp"

namespace polyfleet {

/// `found`: what the whole search (not interrupted) ended with.
std::vector<PlanFamily> plan_families(const PlanSearchQuestion& question, const CutQueue& queue,
                                      const PlansFound& found, const SearchControl& control);

}  // namespace polyfleet
