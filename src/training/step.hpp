// Time of one training step on one pool of like accelerators, and where it goes. Cost does not
// depend on how many micro-batches accumulate nor on how many devices take part.
#pragma once

#include <array>
#include <vector>

#include "training/chunk_time.hpp"

namespace polyfleet {

/// The step's seconds by cause; the parts sum to `total`. Compute parts are those of the slowest
/// stage.
struct StepBreakdown {
  std::array<Seconds, kOpClassCount> compute{};  ///< by operator class, all micro-batches
  Seconds recompute;                             ///< forward work run again
  Seconds tensor, context, expert;               ///< exposed communication of each group
  Seconds pipeline;                              ///< exposed stage hand-over
  Seconds bubble;                                ///< waiting for other stages
  Seconds gradient_reduce;                       ///< exposed
  Seconds parameter_gather;                      ///< exposed
  Seconds optimizer;
  Seconds offload;   ///< exposed host transfers of activations
  Seconds host;      ///< launch floors and per-step host work
  Seconds software;  ///< software-maturity factor (negative when faster), see training/maturity.hpp
  Seconds total;
  Seconds hidden;  ///< communication behind compute, not part of the total
};

struct StepTime {
  StepBreakdown where;
  double log_sigma = 0;             ///< of the step time, from kernel and collective models only
  std::vector<StageDetail> chunks;  ///< in model order
  std::int64_t micro_batches = 0;
  Flops hardware_flops;  ///< all devices, recompute included
};

/// Precondition: plan_problems(model, plan) is empty.
StepTime step_time(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine);
/// The same with a table that other plans share: `table` was made for a plan that differs from
/// this one at most in pipeline split (kept above or at 1), virtual stages, data degree, global
/// batch, schedule, sharding, optimiser and activation offload, and the overlap of gradients,
/// parameters and hand-over.
StepTime step_time(const TrainingPlan& plan, LayerTable& table);

}  // namespace polyfleet
