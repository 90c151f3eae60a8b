#include "serving/router.hpp"

#include "base/check.hpp"

namespace polyfleet {

std::unique_ptr<Router> make_router(RouterKind kind) {
  switch (kind) {
    case RouterKind::round_robin:
      return std::make_unique<RoundRobinRouter>();
    case RouterKind::least_loaded:
      return std::make_unique<LeastLoadedRouter>();
    case RouterKind::prefix_aware:
      return std::make_unique<PrefixAwareRouter>();
    case RouterKind::predicted_latency:
      return std::make_unique<PredictedLatencyRouter>();
    case RouterKind::least_cost:
      return std::make_unique<LeastCostRouter>();
    case RouterKind::least_energy:
      return std::make_unique<LeastEnergyRouter>();
  }
  POLYFLEET_CHECK(false, "a router of no kind");
  return nullptr;
}

}  // namespace polyfleet
