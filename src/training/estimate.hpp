// The complete answer to one training question: time, memory, energy and cost of a step, each with
// where it comes from.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "training/energy.hpp"
#include "training/interval.hpp"
#include "training/machine.hpp"
#include "training/maturity.hpp"
#include "training/scenario.hpp"
#include "training/step.hpp"
#include "workload/flops.hpp"

namespace polyfleet {

/// Everything shared by the estimates of one program run, loaded once.
struct TrainingModels {
  PowerActivity activity;
  MaturityTable maturity;
  IntervalTable intervals;
};

Result<TrainingModels> load_training_models(const std::filesystem::path& data_directory);

struct EstimateOptions {
  bool software_maturity = true;  ///< false = strict: the kernel-calibrated bound itself
  bool with_memory = true;
  bool with_energy = true;
  bool with_flops = true;
};

/// Prices of one device-hour and of energy; absent ones leave the cost unknown rather than zero.
struct TrainingPrices {
  std::optional<UsdPerSecond> device;
  std::optional<UsdPerJoule> energy;
  std::optional<GramsCo2ePerJoule> carbon;
  std::string basis;
};

struct TrainingEstimate {
  StepTime step;
  Seconds time, time_low, time_high;  ///< 80 % interval
  IntervalBasis interval;
  MaturityFactor maturity;
  double tokens_per_step = 0;
  double tokens_per_second_per_device = 0;
  FlopCounts flops;  ///< per step, by named definition
  double mfu = 0;    ///< model FLOPs (causal half) over dense peak of `mfu_dtype`
  double hfu = 0;    ///< hardware FLOPs (recompute included) over the same peak
  Dtype mfu_dtype = Dtype::bf16;
  std::vector<StageMemory> memory;  ///< by pipeline stage; empty when not asked for
  Bytes memory_capacity;            ///< usable; zero where no capacity is published
  bool fits_in_memory = true;
  StepEnergy energy;
  std::optional<Usd> cost_per_step;
  std::optional<Usd> cost_per_million_tokens;  ///< of the devices' price, energy included where the
                                               ///< price includes it
  std::optional<Usd> energy_cost_per_step;
  std::optional<GramsCo2e> carbon_per_step;
};

/// Precondition: plan_problems() of the scenario is empty.
TrainingEstimate estimate_training(const TrainingScenario& scenario, const Machine& machine,
                                   const TrainingModels& models, const TrainingPrices& prices,
                                   const EstimateOptions& options);
/// The same with a table that other plans of this question share (see step_time).
TrainingEstimate estimate_training(const TrainingScenario& scenario, LayerTable& table,
                                   const TrainingModels& models, const TrainingPrices& prices,
                                   const EstimateOptions& options);

}  // namespace polyfleet
