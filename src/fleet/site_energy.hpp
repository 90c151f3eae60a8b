// What one site draws, buys, emits and sheds in one period, hour by hour: racks, delivery losses
// and cooling; grid, gas and battery against each other by price; load that gives way in the order
// of its flexibility when the supply is short. Energy balances in every hour:
// grid + generation + discharge = racks + delivery + cooling + charge. Gas runs where it is cheaper
// than the grid or the grid is short; the battery first keeps the draw under the limit, then shifts
// the day's dearest hours to its cheapest ones. Wrong where prices or outages are not known a day
// ahead, as the dispatch sees the whole day, and within the hour, which is taken as constant.
#pragma once

#include <array>
#include <vector>

#include "fleet/site_model.hpp"

namespace polyfleet {

/// Load over the hours of a week relative to its mean; local to its users.
using WeekShape = std::array<double, 168>;

/// One workload on the site during a period.
struct SiteLoadPart {
  int workload = 0;
  Watts active;                      ///< at the racks, above idle, at mean demand
  const WeekShape* shape = nullptr;  ///< null: constant
  int shape_offset_minutes = 0;      ///< of the users' time zone from UTC
  double sheddable = 0;              ///< share of it that may give way; tiers give way most first
  /// How output falls with what gives way: load goes with output to this power. 1: jobs pause or
  /// move; 3: clocks slow down (fleet/demand_response.hpp).
  double throttle = 1;
};

struct SiteLoad {
  Watts base;  ///< at the racks: accelerators that idle or are parked, hosts, network
  std::vector<SiteLoadPart> parts;
};

/// What carries over from period to period.
struct SiteState {
  Joules charge;               ///< in the battery, as it can come out
  UsdPerJoule paid;            ///< for it, on average: it is not sold below
  double curtailed_hours = 0;  ///< in this calendar year
  int year = 0;
};

/// What a future changes.
struct SiteFactors {
  double price = 1, carbon = 1;
  const std::vector<SupplyEvent>* events = nullptr;  ///< instead of the site's own
};

/// Sums over the hours of one period.
struct SiteEnergy {
  Joules racks, delivery_loss, cooling;              ///< used
  Joules grid, generation, discharge, charge;        ///< supplied; charge is taken
  Joules shed;                                       ///< at the racks, not drawn for want of supply
  Usd grid_cost, generation_cost, curtailment_paid;  ///< the last is income
  GramsCo2e location, market;
  Watts peak;                ///< highest draw from grid and generation
  double limited_hours = 0;  ///< hours in which load gave way
  double unmet_hours = 0;    ///< of these: what may give way was not enough, the rest gave way too
  std::vector<double> served;  ///< by part: share of its load that ran, 1 where it had none
  std::vector<double> output;  ///< by part: share of its output, at least `served`
};

/// One period [first, end). `hourly`, where given, gets the grid draw in watts of every hour
/// appended. What a call takes is a share of the draw that the load alone would make, for at most
/// the contract's longest call and hours a year; what an outage takes is a share of the grid
/// connection. When supply is short the parts give way most sheddable first, each up to its share;
/// then the rest of all parts in proportion; then the base.
/// Preconditions: delivery in (0, 1], pue >= 1, round_trip in (0, 1], base and active not negative.
SiteEnergy site_energy(const SiteModel& site, const SiteLoad& load, const FleetTime& time,
                       int period, const SiteFactors& factors, SiteState& state,
                       std::vector<double>* hourly = nullptr);

}  // namespace polyfleet
