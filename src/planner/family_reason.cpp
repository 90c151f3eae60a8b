#include "planner/family_reason.hpp"

#include <fmt/format.h>

namespace polyfleet {
namespace {

StepBreakdown breakdown_of(const PlanSearchQuestion& question, const TrainingPlan& plan) {
  PlanEvaluator evaluator(question.pool);
  return evaluator.estimate(plan, {.with_memory = false, .with_energy = false, .with_flops = false})
      .step.where;
}

std::vector<StepShare> parts_of(const StepBreakdown& where) {
  Seconds compute;
  for (const Seconds part : where.compute) compute += part;
  return {{"compute of the slowest stage", compute},
          {"recomputation", where.recompute},
          {"exposed tensor-parallel communication", where.tensor},
          {"exposed context-parallel communication", where.context},
          {"exposed expert exchange", where.expert},
          {"exposed stage hand-over", where.pipeline},
          {"the pipeline bubble", where.bubble},
          {"exposed gradient reduction", where.gradient_reduce},
          {"exposed parameter gathering", where.parameter_gather},
          {"the optimiser", where.optimizer},
          {"exposed offload", where.offload},
          {"host work", where.host}};
}

double percent(Seconds part, Seconds total) { return 100 * (part / total); }

}  // namespace

std::string why_it_loses(const PlanSearchQuestion& question, const PlannedPlan& own,
                         const PlannedPlan& best) {
  const StepBreakdown mine = breakdown_of(question, own.plan);
  const StepBreakdown theirs = breakdown_of(question, best.plan);
  const std::vector<StepShare> parts = parts_of(mine), others = parts_of(theirs);
  std::size_t grown = 0;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].time - others[i].time > parts[grown].time - others[grown].time) grown = i;
  }
  std::string why = fmt::format(
      "{} takes {:.3g} s ({:.0f} % of the step) against {:.3g} s ({:.0f} %) in the best "
      "plan",
      parts[grown].part, parts[grown].time / second, percent(parts[grown].time, mine.total),
      others[grown].time / second, percent(others[grown].time, theirs.total));
  if (own.devices < best.devices)
    why += fmt::format(", on {} devices against {}", own.devices, best.devices);
  return why;
}

std::string why_it_does_not_fit(const PlanSearchQuestion& question, const PlannedPlan& leanest) {
  const std::optional<Bytes> limit = memory_limit(question);
  return fmt::format("needs {:.1f} GB of {:.1f} GB at least", leanest.memory / gigabyte,
                     limit ? *limit / gigabyte : 0.0);
}

}  // namespace polyfleet
