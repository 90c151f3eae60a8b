// Time of one training step on one pool of like accelerators, and where it goes. Cost does not
// depend on how many micro-batches accumulate nor on how many devices take part.
#pragma once

#include <array>
#include <vector>

#include "training/data_parallel.hpp"
#include "training/layer_time.hpp"
#include "training/machine.hpp"
#include "training/plan.hpp"
#include "training/schedule.hpp"
#include "training/stages.hpp"

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

struct StageDetail {
  StageCost cost;  ///< one micro-batch of this chunk
  StageParameters parameters;
  ChunkLayers layers;
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

}  // namespace polyfleet
