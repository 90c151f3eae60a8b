// A training question whose machine is changed in some figures: settings that reach into the part
// ("accelerator.memory_bandwidth"), its system ("system.scale_out_rate") or whole classes of costs
// ("costs.attention") are laid over the catalogue's documents and read by the same readers; every
// other setting is a key of the scenario.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/scenario_resolve.hpp"
#include "cost/cost_scaling.hpp"

namespace polyfleet {

/// Factors on the time of whole classes of costs: what a better kernel or a slower library does.
struct CostFactors {
  double gemm = 1, grouped_gemm = 1, attention = 1, traffic = 1;
  double kernel_launch = 1;      ///< from one kernel to the next on the device
  double scale_up = 1;           ///< collectives inside a scale-up domain
  double scale_up_latency = 1;   ///< their latencies alone
  double scale_out = 1;          ///< collectives over NICs
  double scale_out_latency = 1;  ///< their latencies alone
  double host = 1;               ///< launch floors and other host work of the framework
};
/// The keys below "costs.".
const FieldTable<CostFactors>& cost_factor_fields();
/// What the factors mean to the cost models; `host` acts on the plan instead (see
/// with_host_factor).
CostScaling scaling_of(const CostFactors& factors);
/// The plan with its host times multiplied.
TrainingPlan with_host_factor(TrainingPlan plan, double factor);

/// A resolved question with the machine that it owns, if its figures were changed.
struct HypotheticalTraining {
  ResolvedTraining resolved;
  std::shared_ptr<const Machine> own;  ///< null: resolved.machine is the catalogue's
};

/// Whether the key reaches into the machine rather than into the scenario.
bool reaches_into_machine(std::string_view key);
/// "accelerator.tdp=1 kW" of a command line; text fields of a scenario stay text. Errors: no "=".
Result<Setting> what_if_setting(std::string_view text, const std::string& flag);

/// Resolves `document` with the settings laid over it and over its machine. Errors: those of
/// resolve_training, unknown keys below "accelerator.", "system." and "costs.", faulty units and
/// ranges, a figure of the part that its system overrides.
Result<HypotheticalTraining> resolve_what_if(Workspace& workspace, const Value& document,
                                             const std::vector<Setting>& settings);

}  // namespace polyfleet
