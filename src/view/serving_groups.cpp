#include "view/serving_groups.hpp"

#include <algorithm>

namespace polyfleet {

std::vector<PoolGroup> vendor_groups(const ServingSimulation& run) {
  std::vector<PoolGroup> groups;
  for (std::size_t pool = 0; pool < run.cluster.pools.size(); ++pool) {
    const std::string& vendor = run.cluster.pools[pool].vendor;
    auto found = std::find_if(groups.begin(), groups.end(),
                              [&](const PoolGroup& each) { return each.name == vendor; });
    if (found == groups.end()) found = groups.insert(groups.end(), {vendor, {}});
    found->pools.push_back(pool);
  }
  return groups;
}

std::vector<PoolGroup> pool_groups(const ServingSimulation& run) {
  if (run.cluster.pools.size() > kMostPoolLines) return vendor_groups(run);
  std::vector<PoolGroup> groups;
  for (std::size_t pool = 0; pool < run.cluster.pools.size(); ++pool)
    groups.push_back({run.cluster.pools[pool].name, {pool}});
  return groups;
}

LatencyHistogram latencies_of(const RecordedSimulation& simulated, const PoolGroup& group,
                              LatencyKind kind) {
  LatencyHistogram sum;
  for (const std::size_t pool : group.pools)
    sum.add(simulated.records.of_pool(pool)[static_cast<std::size_t>(kind)]);
  return sum;
}

Picos common_bound(const ServingCluster& cluster, Picos SloClass::*bound) {
  if (cluster.classes.empty()) return kNever;
  const Picos first = cluster.classes.front().*bound;
  for (const SloClass& each : cluster.classes) {
    if (each.*bound != first) return kNever;
  }
  return first;
}

}  // namespace polyfleet
