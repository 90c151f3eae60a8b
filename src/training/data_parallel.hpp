// Gradient reduction and parameter gathering over the data-parallel group, and what of it backward
// and forward hide. Model: buckets leave as backward produces them (Megatron-Core distributed
// optimiser, PyTorch DDP and FSDP); the last bucket is never hidden. Wrong where the reduction
// competes with tensor-parallel traffic on the same links.
#pragma once

#include "training/machine.hpp"
#include "training/plan.hpp"

namespace polyfleet {

/// What one pipeline stage owns on one device.
struct StageParameters {
  double dense = 0;   ///< trainable, reduced over data x context
  double expert = 0;  ///< trainable, reduced over expert-data
  double frozen = 0;
  int layers = 1;
  Seconds outer_reduce;  ///< exchange of the reduced gradients with replicas outside this plan
                         ///< (mixed pools), once a step
};

struct DataParallelTime {
  Seconds gradient_reduce;  ///< all of it, hidden or not
  Seconds parameter_gather;
  Seconds gradient_exposed;
  Seconds parameter_exposed;
};

/// `forward`, `backward`: compute time of one micro-batch on the stage, behind which overlapped
/// transfers run. Fully sharded parameters (zero3) are gathered twice and reduced once per
/// micro-batch, layer by layer.
DataParallelTime data_parallel_time(const StageParameters& parameters, const Machine& machine,
                                    const TrainingPlan& plan, Seconds forward, Seconds backward,
                                    double micro_batches);

/// Parameters of the stage whose optimiser states lie on one device.
double optimizer_shard(const StageParameters& parameters, const TrainingPlan& plan);

/// Time of the optimiser step on one device: gradient norm, update of the local shard, zeroing of
/// gradients.
Seconds optimizer_time(const StageParameters& parameters, const Machine& machine,
                       const TrainingPlan& plan);

}  // namespace polyfleet
