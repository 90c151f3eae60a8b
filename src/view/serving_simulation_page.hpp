// A simulated service as pictures: latencies by pool, bounds kept, its course over time, and who
// did what share at which cost. The numbers are those of report/serving_simulation.hpp and of
// report/serving_records.hpp.
#pragma once

#include "catalogue/catalogue.hpp"
#include "view/serving_groups.hpp"

namespace polyfleet {

/// A service with a pool whose model does not fit gives a page that says why.
FigurePage serving_simulation_page(const RecordedSimulation& simulated, const Catalogue& catalogue);

}  // namespace polyfleet
