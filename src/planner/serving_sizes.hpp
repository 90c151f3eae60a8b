// The same pools with other numbers of replicas: loads are worked out again by the closed form, and
// what the fewest replicas that keep up would leave of the objective is told, so that a proposal
// has a bound before anything of it is simulated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "planner/serving_fleet.hpp"

namespace polyfleet {

/// Replicas by pool.
using PoolSizes = std::vector<std::int64_t>;

/// One step of a pool's size is a tenth, at least one replica (seven steps up reach twice the
/// proposal); down, one replica stays.
inline constexpr double kSizeStep = 1.1;
std::int64_t stepped_up(std::int64_t replicas);
std::int64_t stepped_down(std::int64_t replicas);

/// Whether replicas keep up by the closed form: what cannot in the mean cannot in a percentile.
bool keeps_up(const ServingPlan& plan);
PoolSizes sizes_of(const ServingPlan& plan);

class PlanSizer {
 public:
  /// `models`: of the proposal's pools, in their order; they and the question outlive the sizer.
  PlanSizer(const ServingPlanQuestion& question, ServingPlan proposed,
            std::vector<const ReplicaModel*> models);

  const ServingPlan& proposed() const { return proposed_; }
  /// The plan of these sizes; each role's load is spread over its pools as proposed.
  ServingPlan sized(const PoolSizes& sizes) const;
  /// Every pool that the missed target depends on one step larger (TTFT: prefill, TPOT: decode;
  /// any other text: all).
  PoolSizes grown(const PoolSizes& sizes, const std::string& missed) const;
  /// No plan that keeps up, with at least `floors` replicas and within `steps` steps down of each
  /// pool, has less of the objective. Exact for costs and accelerators; the draw of a pool is taken
  /// not to fall as another shrinks.
  double least_below(const ServingPlan& plan, int steps, const PoolSizes& floors) const;
  /// No plan within `steps` steps up has less of the objective: more replicas only save latency.
  double least_above(const ServingPlan& plan, int steps) const;

 private:
  double saving_of(const ServingPlan& plan, std::size_t pool, int steps, std::int64_t floor) const;

  const ServingPlanQuestion& question_;
  ServingPlan proposed_;
  std::vector<const ReplicaModel*> models_;
  std::vector<ReplicaCapacity> capacities_;  // idle points, by pool
};

}  // namespace polyfleet
