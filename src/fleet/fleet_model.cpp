#include "fleet/fleet_model.hpp"

#include <algorithm>

namespace polyfleet {

double MaturityPath::at(FleetHour at_hour) const {
  if (until_mature <= Seconds()) return 1;
  const double share = std::clamp((at_hour - launch) * hour / until_mature, 0.0, 1.0);
  return at_launch + (1 - at_launch) * share;
}

}  // namespace polyfleet
