// What each chunk of one pipeline split costs for one micro-batch. A split has few distinct chunks
// (first, inner of one or two sizes, last): each is timed once, however many stages there are.
#pragma once

#include <span>
#include <vector>

#include "training/chunk_time.hpp"

namespace polyfleet {

class SplitCosts {
 public:
  /// Keeps a reference to the table, which must be that of the plan.
  SplitCosts(const TrainingPlan& plan, LayerTable& table);

  LayerTable& table() { return table_; }
  /// Chunks in model order, without hand-over. `plan` may differ from the one given first in what
  /// is recomputed (number of layers) and offloaded. Valid until the next call.
  std::span<const StageCost> stages(const TrainingPlan& plan);

  /// What the first stage exposes of its gradient exchange, and its optimiser step: nothing hides
  /// behind earlier stages, so every step of the plan takes at least this beside its pipeline. For
  /// the recompute and offload that `stages` was asked for last.
  Seconds first_stage_end(const TrainingPlan& plan, double micro_batches) const;

 private:
  LayerTable& table_;
  std::vector<ChunkLayers> distinct_;
  std::vector<std::size_t> chunks_;  ///< which of the distinct ones, in model order
  std::vector<StageCost> stages_;
  std::vector<StageParameters> parameters_;  ///< of the distinct chunks
  int layers_ = -1;
  double offload_ = -1;
};

}  // namespace polyfleet
