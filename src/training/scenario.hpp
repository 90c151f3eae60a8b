// One training question, complete: model, machine, plan, software. What the command line, a TOML
// scenario and a row of the validation tables all become before anything is computed. Choices made
// for the user are listed as assumptions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "training/plan.hpp"

namespace polyfleet {

/// A setting that the question left open, what was put there and on whose word.
struct Assumption {
  std::string setting;  ///< "recompute"
  std::string value;    ///< "full"
  std::string basis;    ///< "default of Megatron-LM core_r0.8", "inferred: N / (TP x PP x CP)"
};

/// Which stack of kernels a step leans on; software maturity is kept per class.
/// hybrid: Mamba or linear-attention layers among the others.
enum class WorkloadClass { dense, moe, hybrid, fine_tuning, diffusion };

struct TrainingScenario {
  std::string name;
  ModelSpec model;
  std::string accelerator;  ///< catalogue id or alias, "@edition" allowed
  std::string system;       ///< catalogue id; empty = the accelerator's default system
  std::int64_t devices = 0;
  TrainingPlan plan;
  std::string framework;     ///< profile id of data/frameworks; empty = no framework overheads
  std::string release_date;  ///< "2025-05": software of that month; empty = latest
  std::vector<Assumption> assumptions;

  WorkloadClass workload_class() const;
};

std::string_view name_of(WorkloadClass workload_class);

}  // namespace polyfleet
