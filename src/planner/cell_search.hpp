// The plans below one group of layer cuts: bounds first (planner/plan_bounds.hpp), memory next, and
// the exact answer only for what neither rules out. What it finds depends on the question and on
// the plans known before, never on time or threads.
#pragma once

#include "planner/search_frame.hpp"

namespace polyfleet {

/// Everything below one group. `known` is what was found before; it only prunes.
PlansFound search_group(const SearchFrame& frame, const CutGroup& group, const PlansFound& known);

}  // namespace polyfleet
