// The speed of the job scheduler: the Philly trace through each policy, on one thread, in processor
// seconds.
#pragma once

#include <vector>

#include "app/speed_figures.hpp"

namespace polyfleet {

/// About two seconds. Errors: data that does not load, books that do not close.
Result<std::vector<SpeedFigure>> measure_job_speed(Workspace& workspace);

}  // namespace polyfleet
