// A first look at a small part of a space - round degrees, nothing run again by halves, nothing
// offloaded - so that the search of the whole starts with a value to beat. The plans found here are
// plans of the space, so what is proven worse than the last of them cannot be among its best; the
// search finds them again itself.
#pragma once

#include "planner/search_frame.hpp"

namespace polyfleet {

/// Sets `known_best` and `known_cutoff` of the frame; leaves them open where nothing was found.
/// Returns the plans, which an interrupted search may have nothing better than.
std::vector<PlannedPlan> seed_search(SearchFrame& frame);

}  // namespace polyfleet
