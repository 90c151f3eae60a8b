// What `polyfleet catalogue power` and `catalogue cooling` print: what systems draw in a fleet and
// how many accelerators a gigawatt carries, held against what others publish; yearly PUE by place
// and kind of cooling. One content as a table and as JSON.
#pragma once

#include <optional>
#include <string>

#include "report/catalogue_tables.hpp"

namespace polyfleet {

/// Every system with a power figure. `published_pue`, where given, stands for each system's own.
Result<CatalogueView> power_of_systems(const Catalogue& catalogue,
                                       std::optional<double> published_pue);
/// One system from the accelerator to the meter.
Result<CatalogueView> power_of_system(const Catalogue& catalogue, const std::string& name,
                                      std::optional<double> published_pue);
/// Places of data/weather by kinds of data/power/cooling.toml: PUE of a year as published, delivery
/// losses included, and of the warmest typical hour.
Result<CatalogueView> cooling_of_places(const Catalogue& catalogue);

}  // namespace polyfleet
