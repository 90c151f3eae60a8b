#include "planner/pareto.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace polyfleet {
bool plan_order(const TrainingPlan& one, const TrainingPlan& other) {
  const auto key = [](const TrainingPlan& plan) {
    const ParallelLayout& cut = plan.layout;
    return std::make_tuple(
        cut.tensor, cut.context, cut.data, cut.sequence_parallel, cut.expert, cut.expert_tensor,
        plan.micro_batch, cut.pipeline, cut.virtual_stages, plan.schedule, plan.recompute,
        plan.recompute_layers, plan.activation_offload, plan.overlap.pipeline, plan.sharding,
        plan.optimizer_offload, plan.overlap.gradient_reduce, plan.overlap.parameter_gather);
  };
  return key(one) < key(other);
}

void PlanRanking::offer(const PlannedPlan& plan) {
  const double value = objective_value(objective_, plan);
  std::size_t at = values_.size();
  while (at > 0 && (values_[at - 1] > value ||
                    (values_[at - 1] == value && plan_order(plan.plan, plans_[at - 1].plan))))
    --at;
  if (at >= most_) return;
  values_.insert(values_.begin() + static_cast<std::ptrdiff_t>(at), value);
  plans_.insert(plans_.begin() + static_cast<std::ptrdiff_t>(at), plan);
  if (plans_.size() <= most_) return;
  values_.pop_back();
  plans_.pop_back();
}

double PlanRanking::cutoff() const {
  return plans_.size() < most_ ? std::numeric_limits<double>::infinity() : values_.back();
}

ParetoFront::Costs ParetoFront::costs_of(const PlannedPlan& plan) {
  const double device_seconds = plan.time / second * static_cast<double>(plan.devices);
  return {plan.time / second, plan.energy ? plan.energy->base() : device_seconds,
          plan.cost ? plan.cost->base() : device_seconds, plan.memory.base()};
}

bool ParetoFront::no_worse(const Costs& one, const Costs& other) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i] > other[i]) return false;
  }
  return true;
}

void ParetoFront::offer(const PlannedPlan& plan) {
  const Costs costs = costs_of(plan);
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (no_worse(costs_[i], costs) && (costs_[i] != costs || plan_order(plans_[i].plan, plan.plan)))
      return;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (no_worse(costs, costs_[i])) continue;
    if (kept != i) {
      plans_[kept] = std::move(plans_[i]);
      costs_[kept] = costs_[i];
    }
    ++kept;
  }
  plans_.erase(plans_.begin() + static_cast<std::ptrdiff_t>(kept), plans_.end());
  costs_.resize(kept);
  plans_.push_back(plan);
  costs_.push_back(costs);
}

bool ParetoFront::dominates(const CostFloor& floor, const ObjectiveFloor& objectives) const {
  const double device_seconds = floor.device_time / second;
  const auto energy = objectives.energy(floor);
  const auto cost = objectives.cost(floor);
  const Costs least{floor.time / second, energy ? energy->base() : device_seconds,
                    cost ? cost->base() : device_seconds, floor.memory.base()};
  return std::any_of(costs_.begin(), costs_.end(), [&](const Costs& costs) {
    // beyond rounding in time, so that equal plans are told apart by plan_order, not by chance
    return no_worse(costs, least) && costs[0] < least[0] * (1 - kBoundSlack) &&
           costs[1] < least[1] * (1 - kBoundSlack) && costs[2] < least[2] * (1 - kBoundSlack);
  });
}

std::vector<PlannedPlan> ParetoFront::sorted(Objective objective, double most) const {
  std::vector<PlannedPlan> sorted;
  for (const PlannedPlan& plan : plans_) {
    if (objective_value(objective, plan) <= most) sorted.push_back(plan);
  }
  std::sort(sorted.begin(), sorted.end(), [](const PlannedPlan& one, const PlannedPlan& other) {
    if (one.time != other.time) return one.time < other.time;
    return plan_order(one.plan, other.plan);
  });
  return sorted;
}

}  // namespace polyfleet
