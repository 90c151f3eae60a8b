#include "planner/plan_search.hpp"

#include <algorithm>

#include "planner/plan_candidates.hpp"
#include "planner/planned_plan.hpp"

namespace polyfleet {
namespace {

/// Keeps the best plans of an objective; equal ones in the order in which they came.
class Ranking {
 public:
  Ranking(Objective objective, std::size_t most) : objective_(objective), most_(most) {}

  void offer(const PlannedPlan& plan) {
    const double value = objective_value(objective_, plan);
    const auto at = std::upper_bound(values_.begin(), values_.end(), value) - values_.begin();
    if (static_cast<std::size_t>(at) >= most_) return;
    values_.insert(values_.begin() + at, value);
    plans_.insert(plans_.begin() + at, plan);
    if (plans_.size() > most_) {
      values_.pop_back();
      plans_.pop_back();
    }
  }
  std::vector<PlannedPlan> take() { return std::move(plans_); }

 private:
  Objective objective_;
  std::size_t most_;
  std::vector<double> values_;
  std::vector<PlannedPlan> plans_;
};

}  // namespace

PlanSearchResult search_plans(const PlanSearchQuestion& question, const SearchControl& control) {
  PlanEvaluator evaluator(question.pool);
  PlanSearchResult result;
  Ranking ranking(question.objective, question.top);
  const std::optional<Bytes> limit = memory_limit(question);
  PlanCounts& counts = result.counts;
  const auto visit = [&](const TrainingPlan& plan) {
    if (control.stop != nullptr && control.stop->load()) {
      result.interrupted = true;
      ++counts.untouched;
      return;
    }
    const std::vector<StageMemory> memory = evaluator.memory(plan);
    const Bytes fullest = memory[fullest_stage(memory)].total;
    const bool fits = !limit || fullest <= *limit;
    if (!fits && result.leanest && fullest >= result.leanest->memory) {
      ++counts.too_large;
      return;
    }
    const TrainingEstimate estimate =
        evaluator.estimate(plan, {.with_memory = false, .with_flops = false});
    const PlannedPlan planned = planned_plan(question.pool, plan, estimate, fullest);
    if (!fits) {
      ++counts.too_large;
      result.leanest = planned;
    } else if (is_refused(question, planned)) {
      ++counts.refused;
    } else {
      ++counts.evaluated;
      ranking.offer(planned);
    }
  };
  counts.impossible = for_each_plan(question, visit);
  counts.plans =
      counts.impossible + counts.too_large + counts.refused + counts.evaluated + counts.untouched;
  result.best = ranking.take();
  if (counts.evaluated > 0) result.leanest.reset();
  return result;
}

}  // namespace polyfleet
