#include "planner/plan_evaluator.hpp"

namespace polyfleet {

TimeKey time_key(const TrainingPlan& plan) {
  return {.work = work_key(plan),
          .recompute = plan.recompute,
          .tensor_overlap = plan.overlap.tensor,
          .expert_overlap = plan.overlap.expert,
          .context_overlap = plan.overlap.context,
          .host_seconds_per_layer = plan.host_seconds_per_layer};
}

PlanEvaluator::PlanEvaluator(const PoolQuestion& question) : question_(question) {}

std::shared_ptr<LayerWorks> PlanEvaluator::works(const TrainingPlan& plan) {
  std::shared_ptr<LayerWorks>& slot = works_[work_key(plan)];
  if (!slot) slot = std::make_shared<LayerWorks>(question_.scenario.model, plan);
  return slot;
}

LayerTable& PlanEvaluator::table(const TrainingPlan& plan) {
  std::unique_ptr<LayerTable>& slot = tables_[time_key(plan)];
  if (!slot) slot = std::make_unique<LayerTable>(works(plan), plan, *question_.machine);
  return *slot;
}

TrainingEstimate PlanEvaluator::estimate(const TrainingPlan& plan, const EstimateOptions& options) {
  EstimateOptions wanted = options;
  wanted.software_maturity = !question_.strict;
  TrainingScenario scenario = question_.scenario;
  scenario.plan = plan;
  scenario.devices = plan.layout.devices();
  return estimate_training(scenario, table(plan), *question_.models, question_.prices, wanted);
}

std::vector<StageMemory> PlanEvaluator::memory(const TrainingPlan& plan) {
  return plan_memory(plan, *works(plan), question_.machine->memory_overheads);
}

}  // namespace polyfleet
