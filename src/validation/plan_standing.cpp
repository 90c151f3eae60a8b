#include "validation/plan_standing.hpp"

#include <limits>

#include "planner/plan_candidates.hpp"
#include "planner/planned_plan.hpp"

namespace polyfleet {
namespace {

/// SplitMix64 (Steele, Lea and Flood 2014): a well-mixed number for each plan's number.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::vector<int> divisors_of(std::int64_t n) {
  std::vector<int> divisors;
  for (int d = 1; d <= n; ++d) {
    if (n % d == 0) divisors.push_back(d);
  }
  return divisors;
}

/// Calls `visit` for every cut of the space over exactly all devices: pinned degree by degree, so
/// that cuts that leave devices idle are never built.
template <class Visit>
void for_each_full_cut(PlanSearchQuestion question, Visit&& visit) {
  const std::int64_t devices = question.pool.scenario.devices;
  for (const int tensor : divisors_of(devices)) {
    for (const int context : divisors_of(devices / tensor)) {
      for (const int pipeline : divisors_of(devices / tensor / context)) {
        question.space.tensor = {tensor};
        question.space.context = {context};
        question.space.pipeline = {pipeline};
        question.space.data = {static_cast<int>(devices / tensor / context / pipeline)};
        const PlanCandidates candidates(question);
        for (const PlanCut& at : candidates.devices().values) {
          for (const PlanCut& cut : candidates.cuts(at).values) visit(candidates, cut);
        }
      }
    }
  }
}

/// Plans below one cut, and the nth of them.
class PlansOfCut {
 public:
  PlansOfCut(const PlanCandidates& candidates, const PlanCut& cut)
      : candidates_(candidates),
        cut_(cut),
        splits_(candidates.splits(cut).values),
        switches_(candidates.switches(cut)) {
    for (const PlanSplit& split : splits_) {
      for (const Recompute mode : candidates.recompute_modes()) {
        for (const PlanActivations& kept : candidates.activations(split, mode))
          kept_.emplace_back(split, kept);
      }
    }
  }
  std::size_t size() const { return kept_.size() * switches_.size(); }
  TrainingPlan plan(std::size_t i) const {
    const auto& [split, kept] = kept_[i / switches_.size()];
    return candidates_.plan(cut_, split, kept, switches_[i % switches_.size()]);
  }

 private:
  const PlanCandidates& candidates_;
  PlanCut cut_;
  std::vector<PlanSplit> splits_;
  std::vector<PlanSwitches> switches_;
  std::vector<std::pair<PlanSplit, PlanActivations>> kept_;
};

}  // namespace

PlanSpace space_around(const RowInterpretation& row) {
  const TrainingPlan& plan = row.scenario->plan;
  // What the framework does with stages, where the row has none.
  ParallelLayout probe;
  probe.pipeline = 2;
  probe.virtual_stages = 2;
  const TrainingPlan usual = row.replan(probe, plan.micro_batch, plan.recompute);
  PlanSpace space;
  // Recipes of every framework here shard norms and residuals over a tensor group.
  space.sequence_parallel = {plan.layout.tensor > 1 && !plan.layout.sequence_parallel ? 0 : 1};
  space.schedule = {Schedule::one_forward_one_backward, Schedule::interleaved};
  if (plan.schedule != space.schedule[0] && plan.schedule != space.schedule[1])
    space.schedule.push_back(plan.schedule);
  space.sharding = {plan.sharding};
  space.recompute_layers = {0};
  if (plan.recompute_layers > 0) space.recompute_layers.push_back(plan.recompute_layers);
  space.optimizer_offload = {plan.optimizer_offload ? 1 : 0};
  space.activation_offload = {plan.activation_offload};
  space.gradient_overlap = {plan.overlap.gradient_reduce ? 1 : 0};
  space.parameter_overlap = {plan.overlap.parameter_gather ? 1 : 0};
  const bool hand_over = plan.layout.pipeline > 1 ? plan.overlap.pipeline : usual.overlap.pipeline;
  space.pipeline_overlap = {hand_over ? 1 : 0};
  return space;
}

PlanStanding plan_standing(const PlanSearchQuestion& question, Seconds time, std::size_t most) {
  PlanStanding standing;
  for_each_full_cut(question, [&](const PlanCandidates& candidates, const PlanCut& cut) {
    standing.plans += static_cast<std::int64_t>(PlansOfCut(candidates, cut).size());
  });
  if (standing.plans == 0) return standing;
  const double share = static_cast<double>(most) / static_cast<double>(standing.plans);
  const std::uint64_t below =
      share >= 1 ? std::numeric_limits<std::uint64_t>::max()
                 : static_cast<std::uint64_t>(
                       share * static_cast<double>(std::numeric_limits<std::uint64_t>::max()));
  PlanEvaluator evaluator(question.pool);
  const std::optional<Bytes> limit = memory_limit(question);
  std::uint64_t number = 0;
  for_each_full_cut(question, [&](const PlanCandidates& candidates, const PlanCut& cut) {
    const PlansOfCut plans(candidates, cut);
    for (std::size_t i = 0; i < plans.size(); ++i) {
      if (mixed(number++) > below) continue;
      ++standing.evaluated;
      const TrainingPlan plan = plans.plan(i);
      const std::vector<StageMemory> memory = evaluator.memory(plan);
      if (limit && memory[fullest_stage(memory)].total > *limit) continue;
      ++standing.fitting;
      const TrainingEstimate estimate = evaluator.estimate(
          plan, {.with_memory = false, .with_energy = false, .with_flops = false});
      // A plan that equals the published one differs by rounding alone.
      constexpr double kEqual = 1e-12;
      if (estimate.time < time * (1 - kEqual)) ++standing.faster;
    }
  });
  return standing;
}

}  // namespace polyfleet
