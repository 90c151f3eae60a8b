#include "capital/cost_of_ownership.hpp"

#include <cmath>

#include "base/check.hpp"

namespace polyfleet {
namespace {

/// Yearly charge for capital that is worth `residual` at the end of its life.
Usd capital_charge(const OwnershipInputs& inputs, Usd capital, Usd residual, Seconds life) {
  const double years = life / year_of_365;
  if (inputs.charge == CapitalCharge::straight_line) return (capital - residual) / years;
  const Usd residual_today = residual * std::pow(1 + inputs.discount_rate, -years);
  return (capital - residual_today) * capital_recovery(inputs.discount_rate, years);
}

}  // namespace

OwnershipCost yearly_cost(const OwnershipInputs& inputs) {
  OwnershipCost cost;
  cost.it = capital_charge(inputs, inputs.it_capital, inputs.residual, inputs.it_life);
  cost.facility = capital_charge(inputs, inputs.facility_capital, Usd(), inputs.facility_life);
  cost.energy = inputs.energy * year_of_365;
  cost.other_operations = inputs.other_operations * year_of_365;
  return cost;
}

UnitCosts unit_costs(const OwnershipCost& cost, double accelerators, Watts power,
                     double availability) {
  POLYFLEET_CHECK(accelerators > 0 && power > Watts() && availability > 0, "nothing to share by");
  const double hours = year_of_365 / hour;
  return {cost.total() / (accelerators * availability * hours), cost.total() / (power / gigawatt)};
}

OwnOrRent own_or_rent(const OwnershipCost& own, const RentTerms& rent, double accelerators,
                      double used) {
  POLYFLEET_CHECK(accelerators > 0 && used > 0 && used <= 1, "nothing is used");
  const double hours = year_of_365 / hour * accelerators;
  const Usd rent_of_all_hours = rent.price * year_of_365 * accelerators;
  OwnOrRent answer;
  answer.own = own.total();
  answer.rent = rent_of_all_hours * std::max(used, rent.committed_share);
  answer.own_per_used_hour = answer.own / (hours * used);
  answer.rent_per_used_hour = answer.rent / (hours * used);
  const double share = rent_of_all_hours > Usd() ? own.total() / rent_of_all_hours : 2.0;
  answer.break_even = share <= rent.committed_share ? 0 : share;
  return answer;
}

}  // namespace polyfleet
