#include <fmt/format.h>

#include "capital/cost_of_ownership_epoch.hpp"
#include "validation/fleet_case_values.hpp"

namespace polyfleet {

void add_capital_cases(FleetCaseValues& values) {
  constexpr Usd kBillion = 1e9 * usd;
  constexpr Seconds kYear = 365 * day;
  for (const int life : {3, 5, 7})
    values[{"F10", fmt::format("owner's cost of 1 GW, IT lives {} years", life)}] =
        yearly_cost(epoch_gigawatt(life * kYear)).total() / kBillion;
}

}  // namespace polyfleet
