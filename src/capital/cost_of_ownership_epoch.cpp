#include "capital/cost_of_ownership_epoch.hpp"

namespace polyfleet {

OwnershipInputs epoch_gigawatt(Seconds it_life) {
  constexpr Usd billion = 1e9 * usd;
  OwnershipInputs inputs;
  inputs.it_capital = 25.5 * billion;        // derived
  inputs.facility_capital = 12.5 * billion;  // derived
  inputs.it_life = it_life;
  inputs.facility_life = 14 * year_of_365;                // published
  inputs.discount_rate = 0.07;                            // derived
  inputs.energy = 0.6 * billion / year_of_365;            // published
  inputs.other_operations = 0.3 * billion / year_of_365;  // published: 0.9 less energy
  return inputs;
}

}  // namespace polyfleet
