#include "planner/serving_ranking.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace polyfleet {
namespace {

/// Cost, draw and latency: each to be least.
std::array<double, 3> coordinates(const ServingPlan& plan) {
  return {plan.cost->base(), plan.power->base(), plan.mean.end_to_end.base()};
}

bool no_worse(const std::array<double, 3>& one, const std::array<double, 3>& other) {
  return one[0] <= other[0] && one[1] <= other[1] && one[2] <= other[2];
}

}  // namespace

bool comes_before(const ServingPlanQuestion& question, const ServingPlan& one,
                  const ServingPlan& other) {
  const auto rank = [&](const ServingPlan& plan) {
    return std::tuple(*objective_of(plan, question.objective), plan.accelerators,
                      plan.mean.end_to_end.base(), plan.power.value_or(Watts()).base());
  };
  const auto a = rank(one), b = rank(other);
  if (a != b) return a < b;
  return plan_key(question, one) < plan_key(question, other);
}

void ServingRanking::offer(const ServingPlan& plan) {
  const auto before = [&](const ServingPlan& one, const ServingPlan& other) {
    return comes_before(question_, one, other);
  };
  if (plans_.size() == most_ && (most_ == 0 || !before(plan, plans_.back()))) return;
  const auto place = std::lower_bound(plans_.begin(), plans_.end(), plan, before);
  if (place != plans_.end() && !before(plan, *place)) return;  // the same plan again
  plans_.insert(place, plan);
  if (plans_.size() > most_) plans_.pop_back();
}

void ServingFront::offer(const ServingPlan& plan) {
  if (!plan.cost || !plan.power) return;
  const std::array<double, 3> here = coordinates(plan);
  for (ServingPlan& other : plans_) {
    const std::array<double, 3> there = coordinates(other);
    if (!no_worse(there, here)) continue;
    if (there == here && plan_key(question_, plan) < plan_key(question_, other)) other = plan;
    return;
  }
  std::erase_if(plans_,
                [&](const ServingPlan& other) { return no_worse(here, coordinates(other)); });
  plans_.push_back(plan);
}

std::vector<ServingPlan> ServingFront::sorted() const {
  std::vector<ServingPlan> plans = plans_;
  std::sort(plans.begin(), plans.end(), [&](const ServingPlan& one, const ServingPlan& other) {
    const auto a = coordinates(one), b = coordinates(other);
    return a != b ? a < b : plan_key(question_, one) < plan_key(question_, other);
  });
  return plans;
}

}  // namespace polyfleet
