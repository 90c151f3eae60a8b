// Sums of a simulated service over pools: energy, carbon, cost and tokens, by pool, by vendor and
// in all. Tokens are those processed: prompt tokens (without those found in a cache) and generated
// ones, so that prefill and decode pools can be held side by side.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/serving_simulation.hpp"

namespace polyfleet {

struct ServingLedger {
  std::string name;
  int accelerators = 0;
  double tokens = 0, prompt_tokens = 0, generated_tokens = 0;
  double busy_seconds = 0, provisioned_seconds = 0;  ///< of replicas
  Joules energy;
  Usd cost;
  GramsCo2e carbon;
  bool powered = true, priced = true;  ///< whether every part's power and price are known
};

std::vector<ServingLedger> ledgers_by_pool(const ServingSimulation& run);
/// In the order in which pools name the vendors.
std::vector<ServingLedger> ledgers_by_vendor(const ServingSimulation& run);
ServingLedger ledger_of_all(const ServingSimulation& run);

std::string_view name_of(PoolRole role);
std::string_view name_of(RouterKind router);

}  // namespace polyfleet
