#include "fleet/site_model.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace polyfleet {

HourlySeries::HourlySeries(std::vector<double> by_hour) : by_hour_(std::move(by_hour)) {
  POLYFLEET_CHECK(!by_hour_.empty(), "a series has a value for every hour");
}

double HourlySeries::mean(FleetHour first, FleetHour end) const {
  if (is_constant()) return constant_;
  POLYFLEET_CHECK(0 <= first && first < end && end <= static_cast<int>(by_hour_.size()),
                  "the hours lie in the study");
  double sum = 0;
  for (FleetHour at = first; at < end; ++at) sum += by_hour_[static_cast<std::size_t>(at)];
  return sum / (end - first);
}

Watts SiteModel::grid_limit_at(FleetHour at) const {
  Watts limit;
  FleetHour latest = -kNoHour;
  for (const PowerStep& step : limits) {
    if (step.from <= at && step.from >= latest) {
      latest = step.from;
      limit = step.limit;
    }
  }
  return limit;
}

Watts SiteModel::limit_at(FleetHour at) const {
  const bool generates = generation && generation->from <= at;
  return grid_limit_at(at) + (generates ? generation->power : Watts());
}

double meter_per_rack(const SiteModel& site, FleetHour first, FleetHour end) {
  return 1 / site.delivery + site.pue.mean(first, end) - 1;
}

double highest_meter_per_rack(const SiteModel& site, FleetHour first, FleetHour end) {
  double highest = site.pue.at(first);
  if (!site.pue.is_constant()) {
    for (FleetHour at = first; at < end; ++at) highest = std::max(highest, site.pue.at(at));
  }
  return 1 / site.delivery + highest - 1;
}

}  // namespace polyfleet
