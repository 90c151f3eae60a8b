// One pipeline chunk (stage x virtual stage) on one machine: what a micro-batch costs it, pass by
// pass. The step of like accelerators (training/step.hpp) and that of mixed pools are both sums
// over chunks.
#pragma once

#include "training/data_parallel.hpp"
#include "training/layer_table.hpp"
#include "training/schedule.hpp"
#include "training/stages.hpp"

namespace polyfleet {

struct StageDetail {
  StageCost cost;  ///< one micro-batch of this chunk
  StageParameters parameters;
  ChunkLayers layers;
};

struct ChunkPasses {
  PassTime forward, backward_input, backward_weight, recompute;
  Flops flops;  ///< of one device, recompute included
  Bytes saved;  ///< activations of one micro-batch that wait for backward
  Seconds total() const {
    return forward.total() + backward_input.total() + backward_weight.total() + recompute.total();
  }
};

struct ChunkTime {
  StageDetail detail;
  ChunkPasses passes;
};

/// Layers of a chunk whose forward runs again. With its layers, the table and the share that is
/// offloaded this is all of a plan that a chunk's time depends on.
double recomputed_layers(const ChunkLayers& chunk, const TrainingPlan& plan);

/// Both hand-over times of the chunk are `hand_over`; see hand_over_time.
ChunkTime chunk_time(const ChunkLayers& layers, const TrainingPlan& plan, Seconds hand_over,
                     LayerTable& table);

/// One activation tensor to the next stage. Every tensor rank holds it whole and sends its share,
/// which the other side gathers again inside its own group (Narayanan et al. 2021, section 4.1;
/// DeepSpeed's partitioned pipeline); with sequence parallelism the share is all that a rank
/// holds. No time without a pipeline.
Seconds hand_over_time(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine);

}  // namespace polyfleet
