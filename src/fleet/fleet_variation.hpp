// What one future changes of a plan: dates, demand, prices, events, how well accelerators do. The
// plan itself is the empty variation.
#pragma once

#include <cmath>
#include <vector>

#include "fleet/site_model.hpp"

namespace polyfleet {

/// One future: how it differs from the plan. Empty vectors = as planned; factors are on the plan's
/// values. A growth factor g multiplies the value by g^(years since the study's begin).
struct FleetVariation {
  std::vector<int> delay_hours;                     ///< by phase
  std::vector<bool> cancelled;                      ///< by phase
  std::vector<double> demand, demand_growth;        ///< by workload
  std::vector<double> value_growth;                 ///< by workload: of what a unit is worth
  std::vector<double> price, price_growth, carbon;  ///< by site
  std::vector<std::vector<SupplyEvent>> events;     ///< by site
  std::vector<double> in_service;                   ///< by class
  std::vector<double> speed;                        ///< by class: error of the prediction
  std::vector<double> maturity;                     ///< by class: factor on `until_mature`
  std::vector<double> hardware_price;               ///< by class
};

/// The entry of a vector that may be empty.
inline double varied(const std::vector<double>& values, int index, double planned = 1) {
  return values.empty() ? planned : values[static_cast<std::size_t>(index)];
}

/// A growth factor after some mean years.
inline double grown(double factor_a_year, FleetHour hours_from_begin) {
  return factor_a_year == 1 ? 1.0 : std::pow(factor_a_year, hours_from_begin * hour / kMeanYear);
}

}  // namespace polyfleet
