// A proposed plan held to the simulation: more replicas where a target is missed, fewer where there
// is room, one simulation at a time, so that the checks of several proposals can take turns and one
// that can no longer be the best is left. Bounded effort; every run is reported.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/serving_sizes.hpp"
#include "planner/serving_trial.hpp"

namespace polyfleet {

/// One simulation: replicas of the service (not of the simulated share) and what users saw.
struct VerifyRun {
  PoolSizes replicas;  ///< by pool
  LatencyFigures measured;
  std::string missed;  ///< "TTFT", "TPOT", "end to end", "refused requests"; empty = all met
};

struct VerifiedPlan {
  ServingPlan proposed;
  ServingPlan plan;  ///< with the replicas that the simulation asks for; loads worked out again
  LatencyFigures measured;  ///< of that plan, simulated
  SimulationReport report;
  std::vector<VerifyRun> runs;
  double share = 1;  ///< of the service that was simulated
  bool met = false;
  std::string note;  ///< what changed or what keeps it from being met, in words
};

class ServingCheck {
 public:
  /// The trials outlive the check. Errors: those of the models.
  static Result<ServingCheck> make(ServingTrials& trials, const ServingPlan& proposed);

  /// No further simulation leaves less of the objective; nothing: none is to be made.
  std::optional<double> bound() const { return bound_; }
  bool begun() const { return !verified_.runs.empty(); }
  /// The best size so far that meets the targets, or null pointer.
  const ServingPlan* held() const { return held_ ? &verified_.plan : nullptr; }
  /// One simulation more. False: stopped. Precondition: there is a bound.
  Result<bool> advance();
  /// What is known by now. Precondition: begun.
  VerifiedPlan result() const;

 private:
  enum class Phase { proposal, growing, all_smaller, one_smaller };

  ServingCheck(ServingTrials& trials, PlanSizer sizer);
  int runs_left() const;
  void finish() { bound_.reset(); }
  void take(const ServingPlan& plan, ServingTrial trial);
  void after_miss(const ServingPlan& tried);
  void after_hit(const ServingPlan& tried);
  void grow(const ServingPlan& tried);
  void shrink_all();
  void shrink_one();
  void order_pools();
  bool may_be_tried(const PoolSizes& sizes) const;
  std::optional<std::int64_t> fewer_of(std::size_t pool) const;
  PoolSizes floors() const;

  ServingTrials* trials_;
  PlanSizer sizer_;
  Phase phase_ = Phase::proposal;
  PoolSizes next_;
  PoolSizes failed_;                ///< by pool: a number that is too small, 0 = none known
  PoolSizes least_;                 ///< by pool: no fewer are tried
  std::vector<std::size_t> order_;  ///< pools that may shrink, one after the other
  bool held_ = false;
  std::string limit_;  ///< why there cannot be more replicas
  std::optional<double> bound_;
  VerifiedPlan verified_;
};

/// One proposal to its end. Errors: those of the traffic and of the simulation.
Result<VerifiedPlan> verify_serving_plan(const ServingPlanQuestion& question,
                                         const ServingPlan& proposed, const ReplicaModels& models,
                                         const TrafficMaker& traffic, const VerifyOptions& options);

}  // namespace polyfleet
