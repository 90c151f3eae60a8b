// The speed of fleets: the flagship's four years played out with every hour of energy and every
// week's allocation, a thousand of its futures, and the Philly trace through the job scheduler.
#pragma once

#include <vector>

#include "app/speed_figures.hpp"

namespace polyfleet {

/// About a minute. Rates are predicted first (or found where they are kept) and not counted.
/// Errors: data or a scenario that does not load.
Result<std::vector<SpeedFigure>> measure_fleet_speed(Workspace& workspace);

}  // namespace polyfleet
