#include "serving/cluster_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace polyfleet {
namespace {

using Text = std::string;

void check_engine(const ServingPool& pool, const Text& name, Diagnostics& found) {
  if ((pool.times == nullptr) == (pool.media == nullptr))
    found.push_back(problem(name + " needs iteration times or media times, one of them"));
  if (pool.media != nullptr && pool.role != PoolRole::aggregated)
    found.push_back(problem(name + " makes media and cannot be a prefill or decode pool"));
  if (pool.times == nullptr) return;
  const EngineSettings& settings = pool.settings;
  if (settings.cache_blocks < 1 || settings.block_tokens < 1)
    found.push_back(problem(name + " has no cache blocks"));
  if (settings.max_sequences < 1 || settings.token_budget < 1)
    found.push_back(problem(name + " needs max_sequences and token_budget of at least 1"));
  if (settings.tokens_per_step_numerator < 1 || settings.tokens_per_step_denominator < 1)
    found.push_back(problem(name + " gets no token from a step"));
}

void check_replicas(const ServingPool& pool, const Text& name, Diagnostics& found) {
  if (pool.model < 0) found.push_back(problem(name + " serves a model below 0"));
  if (pool.replicas < 0) found.push_back(problem(name + " has fewer than 0 replicas"));
  if (pool.mean_time_between_failures < Seconds{} || pool.time_to_recover < Seconds{})
    found.push_back(problem(name + " has negative times of failure"));
  const Autoscaling& rules = pool.autoscaling;
  if (!rules.on) return;
  if (rules.least < 0 || rules.most < std::max(1, rules.least))
    found.push_back(
        problem(fmt::format("{} scales between {} and {} replicas", name, rules.least, rules.most),
                "0 <= least <= most, most at least 1"));
  if (rules.interval <= 0 || rules.start_up < 0 || rules.cool_down < 0)
    found.push_back(problem(name + " scales with an interval of 0 or negative times"));
  if (!(rules.target_load > 0)) found.push_back(problem(name + " scales to a target load of 0"));
}

/// Routers that decide by a figure need it of every pool.
void check_router(const ServingCluster& cluster, const ServingPool& pool, const Text& name,
                  Diagnostics& found) {
  if (cluster.router == RouterKind::least_cost && !(pool.price > UsdPerSecond{}))
    found.push_back(problem(name + " has no price, which the router least_cost decides by"));
  if (cluster.router == RouterKind::least_energy && !pool.power.known)
    found.push_back(
        problem(name + " has no known power, which the router least_energy decides by"));
}

bool has_transfer(const ServingCluster& cluster, int from, int to) {
  return std::any_of(
      cluster.transfers.begin(), cluster.transfers.end(),
      [&](const CacheTransfer& each) { return each.from_pool == from && each.to_pool == to; });
}

/// Prefill pools need decode pools of their model, decode pools prefill pools, and each pair a way.
void check_ways(const ServingCluster& cluster, Diagnostics& found) {
  const int pools = static_cast<int>(cluster.pools.size());
  const auto pool = [&](int index) -> const ServingPool& {
    return cluster.pools[static_cast<std::size_t>(index)];
  };
  for (int one = 0; one < pools; ++one) {
    if (pool(one).role == PoolRole::aggregated) continue;
    const PoolRole wanted =
        pool(one).role == PoolRole::prefill ? PoolRole::decode : PoolRole::prefill;
    bool met = false;
    for (int other = 0; other < pools; ++other) {
      if (pool(other).model != pool(one).model || pool(other).role != wanted) continue;
      met = true;
      if (wanted == PoolRole::decode && !has_transfer(cluster, one, other))
        found.push_back(problem(fmt::format("no cache transfer from pool {} to pool {}",
                                            pool(one).name, pool(other).name)));
    }
    if (!met)
      found.push_back(problem(fmt::format("pool {} has no {} pool of its model", pool(one).name,
                                          wanted == PoolRole::decode ? "decode" : "prefill")));
  }
}

void check_events(const ServingCluster& cluster, Diagnostics& found) {
  const int pools = static_cast<int>(cluster.pools.size());
  for (const ReplicaEvent& event : cluster.events)
    if (event.pool < 0 || event.pool >= pools || event.replica < 0 || event.at < 0)
      found.push_back(problem(fmt::format("an event for replica {} of pool {} names none that is",
                                          event.replica, event.pool)));
  for (const CacheTransfer& each : cluster.transfers)
    if (each.from_pool < 0 || each.from_pool >= pools || each.to_pool < 0 ||
        each.to_pool >= pools || each.latency < 0 || each.picos_per_token < 0 ||
        each.convert_picos_per_token < 0 || each.stage_picos_per_token < 0)
      found.push_back(
          problem(fmt::format("the cache transfer from pool {} to pool {} names no "
                              "pools or has negative times",
                              each.from_pool, each.to_pool)));
}

bool mixes_media(const ServingCluster& cluster) {
  for (const ServingPool& a : cluster.pools)
    for (const ServingPool& b : cluster.pools)
      if (a.model == b.model && (a.media != nullptr) != (b.media != nullptr)) return true;
  return false;
}

}  // namespace

Diagnostics problems_of(const ServingCluster& cluster) {
  Diagnostics found;
  if (cluster.pools.empty()) found.push_back(problem("the cluster has no pools"));
  for (const ServingPool& pool : cluster.pools) {
    const Text name = "pool " + pool.name;
    check_engine(pool, name, found);
    check_replicas(pool, name, found);
    check_router(cluster, pool, name, found);
  }
  check_events(cluster, found);
  if (mixes_media(cluster))
    found.push_back(problem("one model is served by a media pool and by a language pool"));
  if (found.empty()) check_ways(cluster, found);
  return found;
}

}  // namespace polyfleet
