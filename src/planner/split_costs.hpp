// What each chunk of one pipeline split costs for one micro-batch. A split has few distinct chunks
// (first, inner of one or two sizes, last): each is timed once, however many stages there are, and
// how layers fall on chunks is worked out once for all cuts of a search.
#pragma once

#include <map>
#include <mutex>
#include <span>
#include <tuple>
#include <vector>

#include "training/chunk_time.hpp"

namespace polyfleet {

/// How the layers of a model fall on one pipeline split.
struct SplitShape {
  std::vector<ChunkLayers> layers;    ///< of every chunk, in model order
  std::vector<ChunkLayers> distinct;  ///< chunks that differ
  std::vector<int> numbers;         ///< of the distinct ones, the same in all splits (SplitShapes)
  std::vector<std::size_t> chunks;  ///< which of the distinct ones, in model order
  /// Stages that hold what no earlier stage holds; `paired`: where a device holds a stage and its
  /// mirror image (DualPipe). No schedule keeps more micro-batches in flight on a later stage
  /// (micro_batches_in_flight), so the fullest of all stages is one of these.
  std::vector<int> stages, paired;
};
SplitShape split_shape(const ModelSpec& model, const TrainingPlan& plan);

/// Shapes by what they depend on. Safe for concurrent use; a shape stays where it is.
class SplitShapes {
 public:
  const SplitShape& shape(const ModelSpec& model, const TrainingPlan& plan);

 private:
  using Key = std::tuple<int, int, bool, int, int, std::vector<int>>;
  std::mutex mutex_;
  std::map<Key, SplitShape> shapes_;
  std::vector<ChunkLayers> chunks_;  ///< every distinct one, by its number
};

/// Times of chunks of one table by all that they depend on: which layers, how many run again, what
/// share is offloaded. Splits of one cut share most of their chunks. Not for concurrent use.
class ChunkCosts {
 public:
  struct Entry {
    StageCost cost;
    StageParameters parameters;
  };
  /// `number`: that of the chunk in the SplitShapes of all chunks asked for here. A reference
  /// stays.
  const Entry& at(const ChunkLayers& chunk, int number, const TrainingPlan& plan,
                  LayerTable& table);

 private:
  using Key = std::tuple<int, double, double>;
  std::map<Key, Entry> entries_;
};

class SplitCosts {
 public:
  /// Keeps references to the shape and the table, which must be those of the plan, and to the costs
  /// of chunks, which must be those of the table.
  SplitCosts(const SplitShape& shape, LayerTable& table, ChunkCosts& chunks);

  LayerTable& table() { return table_; }
  const SplitShape& shape() const { return shape_; }
  /// Chunks in model order, without hand-over. `plan` may differ from that of the table in what is
  /// recomputed (number of layers) and offloaded. Valid until the next call.
  std::span<const StageCost> stages(const TrainingPlan& plan);

  /// Time of the whole pipeline, hand-over included, for the recompute and offload that `stages`
  /// was asked for last.
  Seconds pipeline(const TrainingPlan& plan, const PipelineShape& shape) const;

  /// What the first stage exposes of its gradient exchange, and its optimiser step: nothing hides
  /// behind earlier stages, so every step of the plan takes at least this beside its pipeline. For
  /// the recompute and offload that `stages` was asked for last.
  Seconds first_stage_end(const TrainingPlan& plan, double micro_batches) const;

 private:
  const SplitShape& shape_;
  LayerTable& table_;
  ChunkCosts& chunks_;
  std::vector<StageCost> stages_;
  std::vector<const ChunkCosts::Entry*> distinct_;
  int layers_ = -1;
  double offload_ = -1;
};

}  // namespace polyfleet
