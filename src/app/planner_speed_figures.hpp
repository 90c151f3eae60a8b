// The planner's own speed: whole searches through the path that `plan train` takes, on one thread,
// in processor seconds.
#pragma once

#include <vector>

#include "app/speed_figures.hpp"

namespace polyfleet {

/// Each search is run once (some seconds in all). Errors: data that does not load, a search that
/// finds nothing.
Result<std::vector<SpeedFigure>> measure_planner_speed(Workspace& workspace);

}  // namespace polyfleet
