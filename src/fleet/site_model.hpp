// One site as the simulation sees it: what its electricity costs and emits in every hour, what
// cooling adds, how much power it may draw from when, and what stands on it (battery, gas turbines,
// a contract to draw less when asked). Made from documents once and shared by all futures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/fleet_time.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// A plain number for every hour of the study; the owner states its unit.
class HourlySeries {
 public:
  HourlySeries() = default;
  explicit HourlySeries(double constant) : constant_(constant) {}
  /// One value an hour of the study, in order.
  explicit HourlySeries(std::vector<double> by_hour);
  /// Precondition (not of constants): `at` is an hour of the study.
  double at(FleetHour at) const {
    return by_hour_.empty() ? constant_ : by_hour_[static_cast<std::size_t>(at)];
  }
  bool is_constant() const { return by_hour_.empty(); }
  /// Of every hour; empty where it is constant.
  const std::vector<double>& by_hour() const { return by_hour_; }
  /// Over [first, end). Precondition: first < end.
  double mean(FleetHour first, FleetHour end) const;

 private:
  double constant_ = 0;
  std::vector<double> by_hour_;
};

/// From this hour on the site may draw this much from the grid.
struct PowerStep {
  FleetHour from = 0;
  Watts limit;
  std::string note;
};

struct Battery {
  Watts power;            ///< in and out, at the meter
  Joules energy;          ///< usable
  double round_trip = 1;  ///< out over in
  FleetHour from = 0;
};

/// Turbines or fuel cells on the site; dispatched when cheaper than the grid or when it limits.
struct OnSiteGeneration {
  Watts power;
  UsdPerJoule cost;          ///< fuel and upkeep
  GramsCo2ePerJoule carbon;  ///< of its electricity
  FleetHour from = 0;
};

/// The grid may ask the site to draw less.
struct CurtailmentContract {
  double share = 0;         ///< of the draw, that falls away when called
  double hours_a_year = 0;  ///< at most
  double calls_a_year = 0;  ///< expected
  Seconds longest_call;
  UsdPerSecond standing;  ///< paid to the site all the time
  UsdPerJoule called;     ///< paid for energy not drawn when called
};

/// One call of the grid, or an outage of part of the supply.
struct SupplyEvent {
  FleetHour begin = 0;
  int hours = 0;
  double share = 0;  ///< of the site's draw (contract) or limit (outage) that falls away
  bool outage = false;
};

struct SiteModel {
  std::string id, name;
  std::string region;  ///< id of data/sites
  int utc_offset_minutes = 0;
  HourlySeries price;            ///< USD per joule from the grid; may be negative
  HourlySeries carbon;           ///< g CO2e per joule of the grid, location-based
  double carbon_free_share = 0;  ///< of purchases: market-based = carbon * (1 - share)
  HourlySeries pue;              ///< facility over IT power, cooling and the rest, without delivery
  double delivery = 1;           ///< power at the racks over power at the meter, for IT
  std::vector<PowerStep> limits;  ///< by hour; before the first: nothing
  std::optional<Battery> battery;
  std::optional<OnSiteGeneration> generation;
  std::optional<CurtailmentContract> curtailment;
  std::vector<SupplyEvent> events;             ///< in order of begin
  double price_growth = 0, carbon_growth = 0;  ///< a year, compound, on the series above
  Usd facility_per_watt;  ///< hall, power and cooling plant, per watt at the meter

  /// The grid connection at this hour; the last step that has begun counts.
  Watts grid_limit_at(FleetHour at) const;
  /// Grid connection and on-site generation together at this hour.
  Watts limit_at(FleetHour at) const;
  /// Meter over racks in one hour: 1 / delivery for the racks and pue - 1 for cooling.
  double meter_per_rack(FleetHour at) const { return 1 / delivery + pue.at(at) - 1; }
};

/// Mean over [first, end) of meter over racks: what a rack costs at the meter under constant load.
/// Precondition: first < end.
double meter_per_rack(const SiteModel& site, FleetHour first, FleetHour end);
/// The highest of [first, end): what the site's limit must carry.
double highest_meter_per_rack(const SiteModel& site, FleetHour first, FleetHour end);

}  // namespace polyfleet
