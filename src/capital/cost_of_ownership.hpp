// What owning a gigawatt costs a year: capital of IT and of the facility over their own lives, as
// annuities or in a straight line, and operating cost; against it the rent of a partner's capacity.
// Taxes, inflation and growth of wages are left out; a yearly rate of discount stands for all
// capital.
#pragma once

#include <string>
#include <vector>

#include "capital/annuity.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

enum class CapitalCharge { annuity, straight_line };

struct OwnershipInputs {
  Usd it_capital, facility_capital;
  Seconds it_life, facility_life;  ///< above zero
  double discount_rate = 0;        ///< a year; of no effect on a straight line
  CapitalCharge charge = CapitalCharge::annuity;
  UsdPerSecond energy;            ///< part of operating cost
  UsdPerSecond other_operations;  ///< staff, upkeep, tax on property
  Usd residual;                   ///< what the IT is worth at the end of its life
};

/// Yearly amounts (of 365 days).
struct OwnershipCost {
  Usd it, facility, energy, other_operations;
  Usd total() const { return it + facility + energy + other_operations; }
  Usd capital() const { return it + facility; }
};
OwnershipCost yearly_cost(const OwnershipInputs& inputs);

/// What the use of it costs. Precondition: accelerators, power and availability above zero.
struct UnitCosts {
  Usd per_accelerator_hour;  ///< of an hour that can be used
  Usd per_gigawatt_year;     ///< of the power given
};
UnitCosts unit_costs(const OwnershipCost& cost, double accelerators, Watts power,
                     double availability);

/// A partner's offer for the same capacity.
struct RentTerms {
  UsdPerSecond price;          ///< per accelerator
  double committed_share = 1;  ///< of the hours that are paid whether used or not (take or pay)
};
/// Own against partner, for a share of hours in use.
struct OwnOrRent {
  Usd own, rent;                              ///< a year
  Usd own_per_used_hour, rent_per_used_hour;  ///< per accelerator
  /// Share of hours in use above which owning is cheaper; above 1: never; 0: always.
  double break_even = 0;
};
/// Precondition: 0 < used <= 1; accelerators > 0.
OwnOrRent own_or_rent(const OwnershipCost& own, const RentTerms& rent, double accelerators,
                      double used);

}  // namespace polyfleet
