// The plans that no other plan beats in everything: time, energy, cost and memory at once; and the
// best plans by one objective. Both keep a total order (plan_order), so that equal plans come out
// the same however the search was cut into threads.
#pragma once

#include <array>
#include <vector>

#include "planner/plan_bounds.hpp"
#include "planner/planned_plan.hpp"

namespace polyfleet {

/// The order of enumeration by degrees, for ties.
bool plan_order(const TrainingPlan& one, const TrainingPlan& other);

/// The `most` plans of least objective value, ties by plan_order.
class PlanRanking {
 public:
  PlanRanking(Objective objective, std::size_t most) : objective_(objective), most_(most) {}
  void offer(const PlannedPlan& plan);
  /// A plan of this value or more cannot enter (infinite while places are free).
  double cutoff() const;
  const std::vector<PlannedPlan>& plans() const { return plans_; }
  double value(std::size_t index) const { return values_[index]; }

 private:
  Objective objective_;
  std::size_t most_;
  std::vector<double> values_;
  std::vector<PlannedPlan> plans_;
};

/// Plans of which none is at least as good as another in all four; of equal ones the first by
/// plan_order.
class ParetoFront {
 public:
  void offer(const PlannedPlan& plan);
  /// Some plan here is at least as good as `floor` in everything, and better by more than rounding
  /// in something: nothing that costs `floor` or more can stand beside it.
  bool dominates(const CostFloor& floor, const ObjectiveFloor& objectives) const;
  const std::vector<PlannedPlan>& plans() const { return plans_; }
  /// By time, then plan_order; drops plans above a value of the objective.
  std::vector<PlannedPlan> sorted(Objective objective, double most) const;

 private:
  /// Seconds, joules, money and bytes; device-seconds stand for what is not known.
  using Costs = std::array<double, 4>;
  static Costs costs_of(const PlannedPlan& plan);
  static bool no_worse(const Costs& one, const Costs& other);

  std::vector<PlannedPlan> plans_;
  std::vector<Costs> costs_;  ///< of each plan
};

}  // namespace polyfleet
