#include "planner/serving_verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

/// Replicas change by a tenth a run: eight runs reach 2.1 times the proposal.
constexpr double kStep = 1.1;
/// Runs that look for fewer replicas once the targets are met.
constexpr int kRunsDown = 3;
/// Mean times in the system before requests count, and during which they do at least.
constexpr double kWarmUpTimes = 2, kCountedTimes = 4;

Seconds figure_of(const LatencySummary& summary, LatencyMeasure measure) {
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

Picos bound_of(const LatencyTarget& target) {
  return target.most ? picos_of(*target.most) : kNever;
}

class Verifier {
 public:
  Verifier(const ServingPlanQuestion& question, const ServingPlan& proposed,
           const ReplicaModels& models, const TrafficMaker& traffic, const VerifyOptions& options)
      : question_(question), models_(models), traffic_(traffic), options_(options) {
    verified_.proposed = verified_.plan = proposed;
  }

  Result<VerifiedPlan> run() {
    if (auto problems = make_models(); !problems.empty()) return problems;
    std::optional<Diagnostics> failed = simulate(verified_.proposed);
    if (failed) return *failed;
    failed = last_missed().empty() ? lower() : raise();
    if (failed) return *failed;
    tell();
    return std::move(verified_);
  }

 private:
  const std::string& last_missed() const { return verified_.runs.back().missed; }
  int runs_left() const { return options_.most_runs - static_cast<int>(verified_.runs.size()); }

  Diagnostics make_models() {
    for (const PlannedPool& pool : verified_.proposed.pools) {
      Result<std::unique_ptr<ReplicaModel>> model = models_.make(question_.kinds[pool.kind]);
      if (!model) return model.problems();
      made_.push_back(*std::move(model));
      capacities_.push_back({pool.kind,
                             pool.role,
                             pool.accelerators_per_replica,
                             point_of(*made_.back(), pool, 1e-6),
                             {},
                             {}});
    }
    return {};
  }
  ReplicaPoint point_of(const ReplicaModel& model, const PlannedPool& pool, double rate) const {
    const ReplicaCapacity bare{pool.kind, pool.role, pool.accelerators_per_replica, {}, {}, {}};
    return point_at(model, bare, question_.demand, question_.targets, rate);
  }

  /// The plan with pools grown or shrunk, loads spread as before.
  ServingPlan resized(const ServingPlan& plan, const std::vector<std::int64_t>& replicas) const {
    std::vector<PlannedPool> pools = plan.pools;
    for (const PoolRole role : {PoolRole::aggregated, PoolRole::prefill, PoolRole::decode}) {
      double rate = 0;
      for (std::size_t i = 0; i < pools.size(); ++i)
        rate += pools[i].role == role
                    ? static_cast<double>(replicas[i]) * pools[i].point.requests_per_second
                    : 0;
      for (std::size_t i = 0; i < pools.size(); ++i) {
        if (pools[i].role != role) continue;
        const double load =
            pools[i].point.requests_per_second * question_.demand.requests_per_second / rate;
        pools[i].replicas = replicas[i];
        pools[i].point =
            point_at(*made_[i], capacities_[i], question_.demand, question_.targets, load);
      }
    }
    return plan_of(question_, std::move(pools), plan.transfer);
  }

  /// Grows (or shrinks) the pools that the missed target depends on.
  ServingPlan stepped(const ServingPlan& plan, const std::string& missed, double factor) const {
    std::vector<std::int64_t> replicas;
    for (const PlannedPool& pool : plan.pools) {
      const bool spared = (missed == "TTFT" && pool.role == PoolRole::decode) ||
                          (missed == "TPOT" && pool.role == PoolRole::prefill);
      const double wanted = static_cast<double>(pool.replicas) * (spared ? 1 : factor);
      replicas.push_back(
          factor > 1 ? static_cast<std::int64_t>(std::ceil(wanted - 1e-9))
                     : std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(wanted))));
    }
    return resized(plan, replicas);
  }

  std::optional<Diagnostics> raise() {
    while (!last_missed().empty() && runs_left() > 0) {
      ServingPlan more = stepped(verified_.plan, last_missed(), kStep);
      if (const auto broken = broken_limit(question_, more);
          broken && broken->reason != ServingRefusal::targets) {
        verified_.note = fmt::format("{} is missed, and more replicas are not to be had: {}",
                                     last_missed(), broken->text);
        return std::nullopt;
      }
      verified_.plan = std::move(more);
      if (auto failed = simulate(verified_.plan)) return failed;
    }
    return std::nullopt;
  }

  /// Fewer replicas while the targets are met; the last met stays.
  std::optional<Diagnostics> lower() {
    for (int run = 0; run < kRunsDown && runs_left() > 0; ++run) {
      ServingPlan fewer = stepped(verified_.plan, "", 1 / kStep);
      if (fewer.accelerators == verified_.plan.accelerators) return std::nullopt;
      // What cannot keep up in the mean cannot in a percentile.
      if (!std::all_of(fewer.pools.begin(), fewer.pools.end(),
                       [](const PlannedPool& pool) { return pool.point.state.stable; }))
        return std::nullopt;
      if (const auto broken = broken_limit(question_, fewer);
          broken && broken->reason != ServingRefusal::targets)
        return std::nullopt;
      const SimulationReport report = verified_.report;
      const LatencyFigures measured = verified_.measured;
      const double share = verified_.share;
      if (auto failed = simulate(fewer)) return failed;
      if (!last_missed().empty()) {
        verified_.report = report;
        verified_.measured = measured;
        verified_.share = share;
        return std::nullopt;
      }
      verified_.plan = std::move(fewer);
    }
    return std::nullopt;
  }

  void tell() {
    verified_.met = !verified_.note.empty() ? false : met_at(verified_.plan);
    if (!verified_.note.empty()) return;
    if (!verified_.met) {
      verified_.note =
          fmt::format("{} is still missed after {} runs", last_missed(), verified_.runs.size());
      return;
    }
    const std::int64_t before = verified_.proposed.accelerators;
    const std::int64_t after = verified_.plan.accelerators;
    if (after != before)
      verified_.note = fmt::format("{} accelerators instead of the {} proposed", after, before);
  }
  bool met_at(const ServingPlan& plan) const {
    return std::any_of(verified_.runs.begin(), verified_.runs.end(), [&](const VerifyRun& run) {
      for (std::size_t i = 0; i < plan.pools.size(); ++i) {
        if (run.replicas[i] != plan.pools[i].replicas) return false;
      }
      return run.missed.empty();
    });
  }

  /// Replicas of each pool in the simulated share, and the requests that it gets.
  double scaled(const ServingPlan& plan, std::vector<int>& replicas) const {
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

  Result<ServingCluster> cluster_of(const ServingPlan& plan, const std::vector<int>& replicas) {
    ServingCluster cluster;
    cluster.router = options_.router;
    // Least load spreads by counts: unlike replicas of one phase need to be told apart.
    for (std::size_t i = 1; i < plan.pools.size(); ++i) {
      if (plan.pools[i].role == plan.pools[i - 1].role)
        cluster.router = RouterKind::predicted_latency;
    }
    cluster.classes = {{"default", bound_of(question_.targets.ttft),
                        bound_of(question_.targets.tpot), bound_of(question_.targets.end_to_end)}};
    for (std::size_t i = 0; i < plan.pools.size(); ++i) {
      const PlannedPool& planned = plan.pools[i];
      const ReplicaKind& kind = question_.kinds[planned.kind];
      const ServingOffer& offer = question_.offers[kind.offer];
      ServingPool pool;
      pool.name = fmt::format("{}-{}", offer.name, i);
      pool.vendor = offer.vendor;
      pool.accelerator = offer.accelerator;
      pool.role = planned.role;
      pool.replicas = replicas[i];
      pool.accelerators_per_replica = planned.accelerators_per_replica;
      pool.times = &made_[i]->times();
      pool.settings = made_[i]->settings();
      pool.power = planned.power;
      if (offer.price) pool.price = planned.accelerators_per_replica * *offer.price;
      cluster.pools.push_back(std::move(pool));
    }
    for (std::size_t from = 0; from < plan.pools.size(); ++from) {
      for (std::size_t to = 0; to < plan.pools.size(); ++to) {
        if (plan.pools[from].role != PoolRole::prefill || plan.pools[to].role != PoolRole::decode)
          continue;
        Result<CacheTransfer> path = models_.transfer(*made_[from], *made_[to]);
        if (!path) return path.problems();
        path->from_pool = static_cast<int>(from);
        path->to_pool = static_cast<int>(to);
        cluster.transfers.push_back(*std::move(path));
      }
    }
    return cluster;
  }

  /// Runs the plan, appends to `runs`; the report of the run becomes that of the plan.
  std::optional<Diagnostics> simulate(const ServingPlan& plan) {
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
    Result<SimulationReport> report = simulate_serving(*cluster, **source, how);
    if (!report) return report.problems();
    verified_.report = *std::move(report);
    verified_.share = rate / question_.demand.requests_per_second;
    read_off(plan);
    return std::nullopt;
  }

  void read_off(const ServingPlan& plan) {
    const SimulationReport& report = verified_.report;
    const ServingTargets& targets = question_.targets;
    verified_.measured = {figure_of(report.ttft, targets.ttft.measure),
                          figure_of(report.tpot, targets.tpot.measure),
                          figure_of(report.end_to_end, targets.end_to_end.measure)};
    VerifyRun run;
    for (const PlannedPool& pool : plan.pools) run.replicas.push_back(pool.replicas);
    run.measured = verified_.measured;
    run.missed =
        missed_target({0, {}, verified_.measured}, PoolRole::aggregated, targets).value_or("");
    if (report.refused > 0) run.missed = "refused requests";
    verified_.runs.push_back(std::move(run));
  }

  const ServingPlanQuestion& question_;
  const ReplicaModels& models_;
  const TrafficMaker& traffic_;
  const VerifyOptions& options_;
  std::vector<std::unique_ptr<ReplicaModel>> made_;  // by pool
  std::vector<ReplicaCapacity> capacities_;
  VerifiedPlan verified_;
};

}  // namespace

Result<VerifiedPlan> verify_serving_plan(const ServingPlanQuestion& question,
                                         const ServingPlan& proposed, const ReplicaModels& models,
                                         const TrafficMaker& traffic,
                                         const VerifyOptions& options) {
  return Verifier(question, proposed, models, traffic, options).run();
}

}  // namespace polyfleet
