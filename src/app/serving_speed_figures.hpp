// The speed of serving: the cluster simulation on Azure's conversation trace scaled up, with the
// engine models of two vendors' parts, and a search of plans by closed form; on one thread, in
// processor seconds.
#pragma once

#include <vector>

#include "app/speed_figures.hpp"

namespace polyfleet {

/// Each run is made once (some seconds in all). Errors: data that does not load, requests that are
/// lost.
Result<std::vector<SpeedFigure>> measure_serving_speed();

}  // namespace polyfleet
