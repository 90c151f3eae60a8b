// Which kinds of layers a model is made of, in order. Layers of one kind cost the same, so a plan
// builds each kind once. Hybrids place their attention layers evenly, which is within one layer of
// what their configurations list.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "workload/model_spec.hpp"

namespace polyfleet {

/// The mixer and the MLP of one layer. `_windowed`: sliding-window attention. `_only`: models whose
/// layers hold a mixer or an MLP but not both (Nemotron-H).
enum class LayerKind {
  dense,
  moe,
  dense_windowed,
  moe_windowed,
  linear_dense,
  linear_moe,
  attention_only,
  linear_only,
  mlp_only,
  moe_only,
  dit_double,
  dit_single,
  vision,
};
inline constexpr std::size_t kLayerKindCount = 13;
std::string_view name_of(LayerKind kind);

enum class MixerKind { none, attention, windowed_attention, linear };
enum class MlpKind { none, dense, routed };
/// The parts of a language-model layer (diffusion and vision layers have builders of their own).
MixerKind mixer_of(LayerKind kind);
MlpKind mlp_of(LayerKind kind);

struct LayerRun {
  LayerKind kind = LayerKind::dense;
  std::int64_t count = 0;
  friend bool operator==(const LayerRun&, const LayerRun&) = default;
};

/// Every layer of the model in order, run-length coded; the vision tower comes first.
std::vector<LayerRun> layer_runs(const ModelSpec& model);

/// The kind of language-model layer `index` (from 0).
LayerKind layer_kind(const ModelSpec& model, std::int64_t index);

}  // namespace polyfleet
