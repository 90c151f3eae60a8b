#include "training/estimate.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

RecomputedPart recomputed_part(const TrainingPlan& plan) {
  switch (plan.recompute) {
    case Recompute::none:
      return RecomputedPart::nothing;
    case Recompute::selective:
      return RecomputedPart::attention_core;
    case Recompute::full:
      return RecomputedPart::everything;
  }
  return RecomputedPart::nothing;
}

StepWorkload step_workload(const TrainingPlan& plan) {
  StepWorkload workload;
  workload.batch.sequences = static_cast<double>(plan.global_batch);
  workload.batch.sequence_length = static_cast<double>(plan.sequence_length);
  workload.batch.mean_document = plan.mean_document;
  workload.batch.images = plan.images_per_sequence;
  workload.lora = plan.lora;
  workload.recomputed = recomputed_part(plan);
  return workload;
}

void add_utilisation(const TrainingScenario& scenario, const Machine& machine,
                     TrainingEstimate& estimate) {
  estimate.mfu_dtype = scenario.plan.precision.linear;
  const auto peak = machine.accelerator.dense_peak(estimate.mfu_dtype);
  if (!peak) return;
  const double devices = static_cast<double>(scenario.devices);
  const Flops possible = peak->value * estimate.time * devices;
  estimate.mfu = estimate.flops[FlopDefinition::model_causal] / possible;
  estimate.hfu = estimate.step.hardware_flops / possible;
}

void add_memory(const TrainingScenario& scenario, LayerTable& table, TrainingEstimate& estimate) {
  const Machine& machine = table.machine();
  estimate.memory = plan_memory(scenario.plan, table.works(), machine.memory_overheads);
  const auto& capacity = machine.accelerator.usable_memory ? machine.accelerator.usable_memory
                                                           : machine.accelerator.memory;
  if (!capacity) return;
  estimate.memory_capacity = capacity->value;
  estimate.fits_in_memory =
      estimate.memory[fullest_stage(estimate.memory)].total <= capacity->value;
}

void add_cost(const TrainingScenario& scenario, const TrainingPrices& prices,
              TrainingEstimate& estimate) {
  if (prices.device) {
    Usd cost = *prices.device * estimate.time * static_cast<double>(scenario.devices);
    estimate.cost_per_step = cost;
    estimate.cost_per_million_tokens = cost * (1e6 / estimate.tokens_per_step);
  }
  if (prices.carbon && estimate.energy.known)
    estimate.carbon_per_step = *prices.carbon * estimate.energy.facility;
  if (prices.energy && estimate.energy.known)
    estimate.energy_cost_per_step = *prices.energy * estimate.energy.facility;
}

}  // namespace

Result<TrainingModels> load_training_models(const std::filesystem::path& data_directory) {
  Diagnostics problems;
  const auto collect = [&](const auto& result) {
    if (!result)
      problems.insert(problems.end(), result.problems().begin(), result.problems().end());
  };
  Result<PowerActivity> activity = load_power_activity(data_directory);
  Result<MaturityTable> maturity = MaturityTable::load(data_directory);
  Result<IntervalTable> intervals = IntervalTable::load(data_directory);
  collect(activity);
  collect(maturity);
  collect(intervals);
  if (!problems.empty()) return problems;
  return TrainingModels{*std::move(activity), *std::move(maturity), *std::move(intervals)};
}

TrainingEstimate estimate_training(const TrainingScenario& scenario, const Machine& machine,
                                   const TrainingModels& models, const TrainingPrices& prices,
                                   const EstimateOptions& options) {
  LayerTable table(scenario.model, scenario.plan, machine);
  return estimate_training(scenario, table, models, prices, options);
}

TrainingEstimate estimate_training(const TrainingScenario& scenario, LayerTable& table,
                                   const TrainingModels& models, const TrainingPrices& prices,
                                   const EstimateOptions& options) {
  const Machine& machine = table.machine();
  const Accelerator& part = machine.accelerator;
  const WorkloadClass workload = scenario.workload_class();
  TrainingEstimate estimate;
  estimate.step = step_time(scenario.plan, table);
  if (options.software_maturity) {
    estimate.maturity =
        models.maturity.factor(part, scenario.framework, workload, scenario.release_date);
    StepBreakdown& where = estimate.step.where;
    where.software = where.total * (estimate.maturity.factor - 1);
    where.total += where.software;
  }
  estimate.time = estimate.step.where.total;
  estimate.interval = models.intervals.interval(part.vendor, part.family, scenario.framework,
                                                workload, estimate.step.log_sigma);
  estimate.time_low = estimate.time * estimate.interval.low;
  estimate.time_high = estimate.time * estimate.interval.high;
  estimate.tokens_per_step = static_cast<double>(scenario.plan.global_batch) *
                             static_cast<double>(scenario.plan.sequence_length);
  estimate.tokens_per_second_per_device =
      estimate.tokens_per_step / (estimate.time / second) / static_cast<double>(scenario.devices);
  if (options.with_flops) {
    estimate.flops = flop_counts(scenario.model, step_workload(scenario.plan));
    add_utilisation(scenario, machine, estimate);
  }
  if (options.with_memory) add_memory(scenario, table, estimate);
  if (options.with_energy) {
    estimate.energy = step_energy(estimate.step, part, machine.system,
                                  static_cast<double>(scenario.devices), models.activity);
    add_cost(scenario, prices, estimate);
  }
  return estimate;
}

}  // namespace polyfleet
