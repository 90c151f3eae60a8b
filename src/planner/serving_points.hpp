// How far one replica of a kind can be loaded within the targets, and the points below that at
// which a plan may run it. The closed form gives means; a percentile is the mean at no load scaled
// by the spread of lengths (log-normal) plus the wait as an exponential. Proposals only: the
// simulation decides. Wrong where arrivals are burstier than Poisson.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "planner/serving_replica.hpp"

namespace polyfleet {

/// Latencies as the targets measure them.
struct LatencyFigures {
  Seconds ttft, tpot, end_to_end;
};

/// The state of one replica under a part of the demand, in one role.
SteadyState replica_state(const ReplicaModel& model, PoolRole role, const SteadyLoad& shape,
                          double requests_per_second);

/// A mean under load as the target's measure: `idle` is the mean at no load, `variation` that of
/// the lengths which the time at no load is proportional to.
Seconds measured_latency(Seconds mean, Seconds idle, double variation, LatencyMeasure measure);

/// One load of one replica.
struct ReplicaPoint {
  double requests_per_second = 0;
  SteadyState state;       ///< means
  LatencyFigures latency;  ///< as measured by the targets; of the role's phases
};

/// What a kind can do in a role. `points` runs from the highest load down; empty when even no load
/// misses a target (`idle` says what it has then) or the kind cannot run.
struct ReplicaCapacity {
  std::size_t kind = 0;  ///< index into the question's kinds
  PoolRole role = PoolRole::aggregated;
  int accelerators = 0;
  ReplicaPoint idle;
  std::vector<ReplicaPoint> points;
  std::string limit;  ///< what binds at the highest load, or misses at none
};

/// Share of the highest load at each point.
const std::vector<double>& load_shares();

/// Precondition: the model fits.
ReplicaCapacity replica_capacity(const ReplicaModel& model, std::size_t kind, PoolRole role,
                                 const ServingDemand& demand, const ServingTargets& targets);
/// The point at a given load.
ReplicaPoint point_at(const ReplicaModel& model, const ReplicaCapacity& capacity,
                      const ServingDemand& demand, const ServingTargets& targets,
                      double requests_per_second);

/// Which target is missed, "TTFT", "TPOT" or "end to end"; nothing when all are met.
std::optional<std::string> missed_target(const ReplicaPoint& point, PoolRole role,
                                         const ServingTargets& targets);

}  // namespace polyfleet
