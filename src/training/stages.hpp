// How the layers of a model fall on pipeline chunks (stage x virtual stage), in model order: chunk
// c runs on stage c mod p. Rules as in Megatron-Core: even; or embedding and head counted as
// layers; or an explicit list; where the layers do not divide, the outer chunks get the smaller
// share because they carry embedding and head.
#pragma once

#include <array>
#include <vector>

#include "training/plan.hpp"
#include "workload/layer_builder.hpp"

namespace polyfleet {

/// Layers of one chunk by kind; `wide` ones keep the residual stream's format (first and last
/// layers of a narrow recipe).
struct ChunkLayers {
  std::array<int, kLayerKindCount> narrow{};
  std::array<int, kLayerKindCount> wide{};
  bool embedding = false;
  bool head = false;
  int mtp_modules = 0;
  int layers() const;
};

/// Size p x v. Preconditions (plan_problems): at least one layer slot per chunk, an explicit list
/// that sums to the layers.
std::vector<ChunkLayers> split_layers(const ModelSpec& model, const TrainingPlan& plan);

/// Layers in each chunk, before kinds are looked at.
std::vector<int> chunk_layer_counts(std::int64_t layers, const TrainingPlan& plan);

}  // namespace polyfleet
