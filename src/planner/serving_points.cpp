#include "planner/serving_points.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace polyfleet {
namespace {

/// The highest load is found to this relative precision.
constexpr double kLoadPrecision = 1e-3;
/// No load: one request in a million of the time that it takes.
constexpr double kIdleShare = 1e-6;
constexpr int kMostDoublings = 60;

/// Standard normal quantiles and -ln(1 - p) of the measures.
struct Quantile {
  double normal = 0, exponential = 0;
};
constexpr std::array<Quantile, 5> kQuantiles{{{0, 1},
                                              {0, 0.693147180559945},
                                              {1.281551565544600, 2.302585092994046},
                                              {1.644853626951473, 2.995732273553991},
                                              {2.326347874040841, 4.605170185988091}}};

bool within(const LatencyTarget& target, Seconds figure) {
  return !target.most || figure <= *target.most;
}

SteadyLoad load_of(const SteadyLoad& shape, double requests_per_second) {
  SteadyLoad load = shape;
  load.concurrency = 0;
  load.requests_per_second = requests_per_second;
  return load;
}

Seconds decode_time(const SteadyLoad& shape, Seconds tpot) {
  return std::max(0.0, shape.output_tokens - 1) * tpot;
}

LatencyFigures figures_of(const SteadyState& state, const SteadyState& idle, PoolRole role,
                          const SteadyLoad& shape, const ServingTargets& targets) {
  LatencyFigures figures;
  if (role != PoolRole::decode)
    figures.ttft =
        measured_latency(state.ttft, idle.ttft, shape.input_variation, targets.ttft.measure);
  // The mean TPOT of a request spreads little over requests: its batch mates are many.
  if (role != PoolRole::prefill) figures.tpot = state.tpot;
  const Seconds mean = (role == PoolRole::decode ? Seconds() : state.ttft) +
                       (role == PoolRole::prefill ? Seconds() : decode_time(shape, state.tpot));
  const Seconds idle_mean = (role == PoolRole::decode ? Seconds() : idle.ttft) +
                            (role == PoolRole::prefill ? Seconds() : decode_time(shape, idle.tpot));
  const double variation =
      role == PoolRole::prefill ? shape.input_variation : shape.output_variation;
  figures.end_to_end = measured_latency(mean, idle_mean, variation, targets.end_to_end.measure);
  return figures;
}

/// Loads of one replica in one role, each state worked out once.
class Probe {
 public:
  Probe(const ReplicaModel& model, PoolRole role, const ServingDemand& demand,
        const ServingTargets& targets)
      : model_(model), role_(role), shape_(demand.shape), targets_(targets) {}

  ReplicaPoint idle() {
    const SteadyState first = replica_state(model_, role_, shape_, kIdleShare);
    const double seconds = std::max(1e-9, (first.ttft + decode_time(shape_, first.tpot)) / second);
    idle_ = replica_state(model_, role_, shape_, kIdleShare / seconds);
    started_at_ = 1 / seconds;
    return {kIdleShare / seconds, idle_, figures_of(idle_, idle_, role_, shape_, targets_)};
  }
  ReplicaPoint at(double requests_per_second) const {
    const SteadyState state = replica_state(model_, role_, shape_, requests_per_second);
    return {requests_per_second, state, figures_of(state, idle_, role_, shape_, targets_)};
  }
  bool meets(const ReplicaPoint& point) const {
    return point.state.stable && !missed_target(point, role_, targets_);
  }
  /// The load that one request after another makes.
  double start() const { return started_at_; }

 private:
  const ReplicaModel& model_;
  PoolRole role_;
  const SteadyLoad& shape_;
  const ServingTargets& targets_;
  SteadyState idle_;
  double started_at_ = 0;
};

/// The highest load that meets the targets, from one that does. `limit` is what binds there.
ReplicaPoint highest(const Probe& probe, ReplicaPoint low, std::string& limit) {
  double high = 0;
  double rate = probe.start();
  for (int i = 0; i < kMostDoublings && high == 0; ++i, rate *= 2) {
    ReplicaPoint point = probe.at(rate);
    if (probe.meets(point)) {
      low = std::move(point);
    } else {
      high = rate;
      limit = point.state.limit;
    }
  }
  if (high == 0) return low;
  while (high - low.requests_per_second > kLoadPrecision * high) {
    // Geometric while the bracket is wide: the first load may lie decades below the second.
    const double middle = low.requests_per_second < 0.25 * high
                              ? std::sqrt(low.requests_per_second * high)
                              : 0.5 * (low.requests_per_second + high);
    ReplicaPoint point = probe.at(middle);
    if (probe.meets(point)) {
      low = std::move(point);
    } else {
      high = middle;
      limit = point.state.limit;
    }
  }
  return low;
}

}  // namespace

const std::vector<double>& load_shares() {
  static const std::vector<double> shares{1, 0.85, 0.7, 0.55, 0.4, 0.25, 0.1};
  return shares;
}

SteadyState replica_state(const ReplicaModel& model, PoolRole role, const SteadyLoad& shape,
                          double requests_per_second) {
  const SteadyLoad load = load_of(shape, requests_per_second);
  if (role == PoolRole::prefill) return model.prefill(load);
  return role == PoolRole::decode ? model.decode(load) : model.aggregated(load);
}

Seconds measured_latency(Seconds mean, Seconds idle, double variation, LatencyMeasure measure) {
  if (measure == LatencyMeasure::mean) return mean;
  const Quantile& quantile = kQuantiles[static_cast<std::size_t>(measure)];
  const double variance = std::log1p(variation * variation);
  const double spread = std::exp(std::sqrt(variance) * quantile.normal - 0.5 * variance);
  const Seconds wait = max(Seconds(), mean - idle);
  return spread * idle + quantile.exponential * wait;
}

std::optional<std::string> missed_target(const ReplicaPoint& point, PoolRole role,
                                         const ServingTargets& targets) {
  if (role != PoolRole::decode && !within(targets.ttft, point.latency.ttft)) return "TTFT";
  if (role != PoolRole::prefill && !within(targets.tpot, point.latency.tpot)) return "TPOT";
  if (!within(targets.end_to_end, point.latency.end_to_end)) return "end to end";
  return std::nullopt;
}

ReplicaCapacity replica_capacity(const ReplicaModel& model, std::size_t kind, PoolRole role,
                                 const ServingDemand& demand, const ServingTargets& targets) {
  ReplicaCapacity capacity{kind, role, model.accelerators(), {}, {}, {}};
  Probe probe(model, role, demand, targets);
  capacity.idle = probe.idle();
  if (!probe.meets(capacity.idle)) {
    capacity.limit = capacity.idle.state.limit;
    return capacity;
  }
  const ReplicaPoint most = highest(probe, capacity.idle, capacity.limit);
  capacity.points.push_back(most);
  double last = most.requests_per_second;
  for (const double share : load_shares()) {
    const double replicas =
        std::ceil(demand.requests_per_second / (share * most.requests_per_second) * (1 - 1e-12));
    const double rate = demand.requests_per_second / std::max(1.0, replicas);
    if (rate >= last) continue;
    capacity.points.push_back(probe.at(rate));
    last = rate;
  }
  return capacity;
}

ReplicaPoint point_at(const ReplicaModel& model, const ReplicaCapacity& capacity,
                      const ServingDemand& demand, const ServingTargets& targets,
                      double requests_per_second) {
  const SteadyState state = replica_state(model, capacity.role, demand.shape, requests_per_second);
  return {requests_per_second, state,
          figures_of(state, capacity.idle.state, capacity.role, demand.shape, targets)};
}

}  // namespace polyfleet
