// What is within reach where no plan meets the question (declared in planner/serving_searcher.hpp).
#include <algorithm>

#include "planner/serving_searcher.hpp"

namespace polyfleet {

void ServingSearcher::add_best_effort() {
  ServingBestEffort effort;
  for (const Candidate& candidate : candidates_) {
    const std::string name = name_of(question_.kinds[candidate.kind], question_.offers);
    for (const PoolRole role : {PoolRole::aggregated, PoolRole::prefill, PoolRole::decode}) {
      const ReplicaCapacity& capacity = capacity_of(candidate, role);
      // Not asked of it, or a single request is longer than its cache.
      if (capacity.accelerators == 0 || !capacity.idle.state.stable) continue;
      const LatencyFigures& at = capacity.idle.latency;
      if (role != PoolRole::decode && (!effort.ttft_of || at.ttft < effort.ttft)) {
        effort.ttft = at.ttft;
        effort.ttft_of = name;
      }
      if (role != PoolRole::prefill && (!effort.tpot_of || at.tpot < effort.tpot)) {
        effort.tpot = at.tpot;
        effort.tpot_of = name;
      }
      const double excess = excess_of(at, role);
      if (role != PoolRole::aggregated || (effort.nearest && excess >= effort.nearest_excess))
        continue;
      effort.nearest = name;
      effort.nearest_excess = excess;
      effort.nearest_latency = at;
      effort.limit = capacity.limit;
    }
  }
  const double most = most_requests();
  if (most > 0) effort.requests_per_second = most;
  result_.best_effort = std::move(effort);
}

double ServingSearcher::most_requests() {
  const auto can_serve = [&](double requests_per_second) {
    const auto found = [&](const std::vector<PoolRole>& roles, const std::string& engine) {
      const ServingMixture mixture =
          best_mixture(question_, columns_of(roles, engine), requests_per_second);
      result_.counts.programs += mixture.nodes;
      return mixture.found;
    };
    if (wants(ServingArrangement::aggregated) && found({PoolRole::aggregated}, "")) return true;
    if (!wants(ServingArrangement::disaggregated)) return false;
    const std::vector<std::string> names = engines();
    return std::any_of(names.begin(), names.end(), [&](const std::string& engine) {
      return found({PoolRole::prefill, PoolRole::decode}, engine);
    });
  };
  constexpr double kPrecision = 0.01;
  const double demand = question_.demand.requests_per_second;
  double low = 0, high = 1;
  while (high - low > kPrecision * high && high > 1e-6) {
    const double share = 0.5 * (low + high);
    (can_serve(share * demand) ? low : high) = share;
  }
  return low * demand;
}

}  // namespace polyfleet
