// Hourly series of a site: price, carbon and PUE from what the scenario states, from profiles and
// files, or from the region's yearly figures.
#pragma once

#include "app/fleet_sites.hpp"
#include "catalogue/site.hpp"

namespace polyfleet {

/// Sets price, carbon and pue of the site. `region`: empty where none is stated.
void set_series(const StatedFleetSite& stated, const Site& region, const SiteContext& context,
                SiteModel& site, std::vector<std::string>& assumptions, Diagnostics& out);

}  // namespace polyfleet
