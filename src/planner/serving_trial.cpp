#include "planner/serving_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

/// Mean times in the system before requests count, and during which they do at least.
constexpr double kWarmUpTimes = 2, kCountedTimes = 4;

Seconds figure_of_measure(const LatencySummary& summary, LatencyMeasure measure) {
  switch (measure) {
    case LatencyMeasure::mean:
      return summary.mean * second;
    case LatencyMeasure::p50:
      return summary.p50 * second;
    case LatencyMeasure::p90:
      return summary.p90 * second;
    case LatencyMeasure::p95:
      return summary.p95 * second;
    case LatencyMeasure::p99:
      return summary.p99 * second;
  }
  return Seconds();
}

Picos picos_allowed(const LatencyTarget& target) {
  return target.most ? picos_of(*target.most) : kNever;
}

}  // namespace

Result<const ReplicaModel*> ServingTrials::model(std::size_t kind) {
  const auto known = made_.find(kind);
  if (known != made_.end()) return known->second.get();
  Result<std::unique_ptr<ReplicaModel>> fresh = models_.make(question_.kinds[kind]);
  if (!fresh) return fresh.problems();
  return made_.emplace(kind, *std::move(fresh)).first->second.get();
}

/// Replicas of each pool in the simulated share, and the requests that it gets.
double ServingTrials::scaled(const ServingPlan& plan, std::vector<int>& replicas) const {
  std::int64_t all = 0;
  for (const PlannedPool& pool : plan.pools) all += pool.replicas;
  const double share =
      std::min(1.0, static_cast<double>(options_.most_replicas) / static_cast<double>(all));
  double rate = question_.demand.requests_per_second;
  for (const PlannedPool& pool : plan.pools)
    replicas.push_back(
        std::max(1, static_cast<int>(std::lround(share * static_cast<double>(pool.replicas)))));
  for (const PoolRole role : {PoolRole::aggregated, PoolRole::prefill, PoolRole::decode}) {
    double carried = 0;
    for (std::size_t i = 0; i < plan.pools.size(); ++i)
      carried +=
          plan.pools[i].role == role ? replicas[i] * plan.pools[i].point.requests_per_second : 0;
    if (carried > 0) rate = std::min(rate, carried);
  }
  return rate;
}

Result<ServingPool> ServingTrials::pool_of(const PlannedPool& planned, std::size_t place) {
  const Result<const ReplicaModel*> made = model(planned.kind);
  if (!made) return made.problems();
  const ServingOffer& offer = question_.offers[question_.kinds[planned.kind].offer];
  ServingPool pool;
  pool.name = fmt::format("{}-{}", offer.name, place);
  pool.vendor = offer.vendor;
  pool.accelerator = offer.accelerator;
  pool.role = planned.role;
  pool.accelerators_per_replica = planned.accelerators_per_replica;
  pool.times = &(*made)->times();
  pool.settings = (*made)->settings();
  pool.power = planned.power;
  if (offer.price) pool.price = planned.accelerators_per_replica * *offer.price;
  return pool;
}

Diagnostics ServingTrials::add_transfers(const ServingPlan& plan, ServingCluster& cluster) {
  for (std::size_t from = 0; from < plan.pools.size(); ++from) {
    for (std::size_t to = 0; to < plan.pools.size(); ++to) {
      if (plan.pools[from].role != PoolRole::prefill || plan.pools[to].role != PoolRole::decode)
        continue;
      // Both were made when their pools were.
      Result<CacheTransfer> path = models_.transfer(*made_.find(plan.pools[from].kind)->second,
                                                    *made_.find(plan.pools[to].kind)->second);
      if (!path) return path.problems();
      path->from_pool = static_cast<int>(from);
      path->to_pool = static_cast<int>(to);
      cluster.transfers.push_back(*std::move(path));
    }
  }
  return {};
}

Result<ServingCluster> ServingTrials::cluster_of(const ServingPlan& plan,
                                                 const std::vector<int>& replicas) {
  ServingCluster cluster;
  cluster.router = options_.router;
  // Least load spreads by counts: unlike replicas of one phase need to be told apart.
  for (std::size_t i = 1; i < plan.pools.size(); ++i) {
    if (plan.pools[i].role == plan.pools[i - 1].role)
      cluster.router = RouterKind::predicted_latency;
  }
  const ServingTargets& targets = question_.targets;
  cluster.classes = {{"default", picos_allowed(targets.ttft), picos_allowed(targets.tpot),
                      picos_allowed(targets.end_to_end)}};
  for (std::size_t i = 0; i < plan.pools.size(); ++i) {
    Result<ServingPool> pool = pool_of(plan.pools[i], i);
    if (!pool) return pool.problems();
    pool->replicas = replicas[i];
    cluster.pools.push_back(*std::move(pool));
  }
  if (Diagnostics problems = add_transfers(plan, cluster); !problems.empty()) return problems;
  return cluster;
}

Result<std::optional<ServingTrial>> ServingTrials::run(const ServingPlan& plan) {
  std::vector<int> replicas;
  const double rate = scaled(plan, replicas);
  const Result<ServingCluster> cluster = cluster_of(plan, replicas);
  if (!cluster) return cluster.problems();
  const double time = std::max(1e-3, plan.mean.end_to_end / second);
  const double warm_up = kWarmUpTimes * time;
  const double counted =
      std::clamp(kCountedTimes * time * rate, static_cast<double>(options_.requests),
                 static_cast<double>(options_.most_requests));
  const auto source =
      traffic_(rate, static_cast<std::int64_t>(std::ceil(counted + warm_up * rate)));
  if (!source) return source.problems();
  SimulationOptions how;
  how.seed = options_.seed;
  how.warm_up = picos_of(warm_up * second);
  how.keep_going = [this](Picos, std::int64_t) { return !options_.stopped(); };
  Result<SimulationReport> report = simulate_serving(*cluster, **source, how);
  if (!report) return report.problems();
  if (report->stopped_early) return std::optional<ServingTrial>();
  return std::optional(read_off(*std::move(report), rate / question_.demand.requests_per_second));
}

ServingTrial ServingTrials::read_off(SimulationReport report, double share) const {
  const ServingTargets& targets = question_.targets;
  ServingTrial trial;
  trial.measured = {figure_of_measure(report.ttft, targets.ttft.measure),
                    figure_of_measure(report.tpot, targets.tpot.measure),
                    figure_of_measure(report.end_to_end, targets.end_to_end.measure)};
  trial.missed = missed_target({0, {}, trial.measured}, PoolRole::aggregated, targets).value_or("");
  if (report.refused > 0) trial.missed = "refused requests";
  trial.report = std::move(report);
  trial.share = share;
  return trial;
}

}  // namespace polyfleet
