#include <fmt/format.h>

#include "capital/cost_of_ownership.hpp"
#include "validation/fleet_case_values.hpp"

namespace polyfleet {

void add_capital_cases(FleetCaseValues& values) {
  constexpr Usd kBillion = 1e9 * usd;
  constexpr Seconds kYear = 365 * day;
  for (const int life : {3, 5, 7}) {
    OwnershipInputs inputs;
    inputs.it_capital = 25.5 * kBillion;
    inputs.facility_capital = 12.5 * kBillion;
    inputs.it_life = life * kYear;
    inputs.facility_life = 14 * kYear;
    inputs.discount_rate = 0.07;
    inputs.energy = 0.6 * kBillion / kYear;
    inputs.other_operations = 0.3 * kBillion / kYear;
    values[{"F10", fmt::format("owner's cost of 1 GW, IT lives {} years", life)}] =
        yearly_cost(inputs).total() / kBillion;
  }
}

}  // namespace polyfleet
