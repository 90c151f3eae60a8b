// Proven lower bounds on what plans cost, cheap enough to pass over whole subtrees.
//
// 1. Device-seconds. All layers of the model, once over one micro-batch, take T seconds of every
// one
//    of the t x c ranks of their stage. A step runs m = B / (D b) micro-batches on each of D
//    replicas, so its devices are busy for T (B / (D b)) t c D = T B t c / b device-seconds,
//    whatever D, p, the schedule and the switches are. The slowest stage works at least the mean,
//    so step time >= device-seconds / devices in use.
// 2. Pipeline. Device i cannot start before the first micro-batch went through chunks 0 .. i - 1;
//    then it has all its own work; its last task is a backward, whose gradient still has to pass
//    chunks i - 1 .. 0 (not where weight gradients run apart: that may be its last task).
//    DualPipe's devices hold a pair of stages and half of the micro-batches of each.
// 3. Everything else of a step (exposed data-parallel exchange, optimiser, host work, offload) is
//    never negative, and the software factor multiplies the sum.
// 4. Energy. Power never falls below idle plus the least active share of the span, plus the host;
//    energy is that times device-seconds, or more. Cost is proportional to device-seconds.
// 5. Recomputing more layers never shortens a stage; offload only adds what it does not hide.
#pragma once

#include <span>

#include "planner/plan_search.hpp"

namespace polyfleet {

/// Relative slack for rounding: a bound counts only when it is beyond the incumbent by more.
inline constexpr double kBoundSlack = 1e-9;

/// What a subtree costs at the least; comparable with what its plans really cost.
struct CostFloor {
  Seconds time;
  double devices = 1;  ///< at least as many are in use
  Seconds device_time;
  Bytes memory;  ///< of the fullest device
};

/// Bound 2, hand-over left out. `costs`: chunks in model order.
Seconds pipeline_floor(const PipelineShape& shape, std::span<const StageCost> costs);

class ObjectiveFloor {
 public:
  explicit ObjectiveFloor(const PlanSearchQuestion& question);

  /// Factor of the software's maturity on every step time of the question.
  double software_factor() const { return software_factor_; }
  /// In the unit of objective_value (planner/planned_plan.hpp).
  double value(const CostFloor& floor) const;
  std::optional<Joules> energy(const CostFloor& floor) const;
  std::optional<Usd> cost(const CostFloor& floor) const;
  /// Proven to break the limit on step time or power.
  bool breaks_limits(const CostFloor& floor) const;

 private:
  const PlanSearchQuestion& question_;
  double software_factor_ = 1;
  std::optional<Watts> least_power_;  ///< facility, of one device; nothing: no figure is known
};

}  // namespace polyfleet
