// How a site meets its load in the hours of one period when something limits it or can shift it:
// gas, battery, calls of the grid, outages, shedding. One hour after the other, exact; the price
// arbitrage of the battery is planned a day at a time (buys in the day's cheapest hours, sells in
// its dearest, never below what it paid). Wrong where a better plan over several days exists.
#pragma once

#include <vector>

#include "fleet/site_energy.hpp"

namespace polyfleet {

inline constexpr double kSecondsAnHour = 3600;

/// Everything by hour of the period, in watts at the meter, USD and grams a joule.
struct SiteHours {
  int hours = 0;
  std::vector<double> racks;           ///< wanted, at the racks
  std::vector<double> meter_per_rack;  ///< delivery and cooling
  std::vector<double> pue;
  std::vector<double> price, carbon;  ///< of the grid, with growth and factors
};

/// Writes the sums of the period (adds to curtailment_paid) and moves `state` on.
void dispatch_hours(const SiteModel& site, const SiteLoad& load, const FleetTime& time, int period,
                    const std::vector<SupplyEvent>& events, const SiteHours& hours,
                    SiteState& state, SiteEnergy& out, std::vector<double>* hourly);

}  // namespace polyfleet
