// What one site draws, buys, emits and sheds in one period, hour by hour: racks, delivery losses
// and cooling; grid, gas and battery against each other by price; load that gives way in the order
// of its flexibility when the supply is short. Energy balances in every hour:
// grid + generation + discharge = racks + delivery + cooling + charge.
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
};

struct SiteLoad {
  Watts base;  ///< at the racks: accelerators that idle or are parked, hosts, network
  std::vector<SiteLoadPart> parts;
};

/// What carries over from period to period.
struct SiteState {
  Joules charge;               ///< in the battery
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
  Watts peak;                  ///< highest draw from grid and generation
  double limited_hours = 0;    ///< hours in which load gave way
  double unmet_hours = 0;      ///< hours in which even shedding was not enough: all load gave way
  std::vector<double> served;  ///< by part: share of its load that ran
};

/// One period [first, end). `hourly`, where given, receives the grid draw in watts of every hour.
SiteEnergy site_energy(const SiteModel& site, const SiteLoad& load, const FleetTime& time,
                       int period, const SiteFactors& factors, SiteState& state,
                       std::vector<double>* hourly = nullptr);

}  // namespace polyfleet
