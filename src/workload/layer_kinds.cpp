#include "workload/layer_kinds.hpp"

#include <array>

namespace polyfleet {

namespace {

/// True where element `index` of `total` belongs to the `chosen` ones when these are spread evenly,
/// the last element being one of them.
bool is_spread(std::int64_t index, std::int64_t chosen, std::int64_t total) {
  if (total <= 0) return false;
  return (index + 1) * chosen / total > index * chosen / total;
}

bool is_routed(const ModelSpec& model, std::int64_t index) {
  const std::int64_t after = index - model.moe.dense_first_layers;
  return model.is_moe() && after >= 0 && (after + 1) % model.moe.every == 0;
}

bool is_windowed(const ModelSpec& model, std::int64_t index) {
  if (model.sliding_window <= 0) return false;
  if (model.full_attention_layers >= 0)
    return !is_spread(index, model.full_attention_layers, model.layers);
  return model.full_attention_every <= 0 || (index + 1) % model.full_attention_every != 0;
}

LayerKind single_block_kind(const ModelSpec& model, std::int64_t index) {
  const std::int64_t attention = model.attention_layers;
  if (is_spread(index, attention, model.layers)) return LayerKind::attention_only;
  const std::int64_t others = index - index * attention / model.layers;
  const std::int64_t mlp = model.layers - attention - model.linear_layers;
  if (!is_spread(others, mlp, model.layers - attention)) return LayerKind::linear_only;
  return model.is_moe() ? LayerKind::moe_only : LayerKind::mlp_only;
}

LayerKind diffusion_kind(const ModelSpec& model, std::int64_t index) {
  return index < model.diffusion->double_blocks ? LayerKind::dit_double : LayerKind::dit_single;
}

}  // namespace

std::string_view name_of(LayerKind kind) {
  static constexpr std::array<std::string_view, kLayerKindCount> kNames{
      "dense",        "moe",        "dense windowed", "moe windowed",
      "linear dense", "linear moe", "attention",      "linear",
      "mlp",          "experts",    "two-stream DiT", "one-stream DiT",
      "vision"};
  return kNames[static_cast<std::size_t>(kind)];
}

MixerKind mixer_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::dense:
    case LayerKind::moe:
    case LayerKind::attention_only:
      return MixerKind::attention;
    case LayerKind::dense_windowed:
    case LayerKind::moe_windowed:
      return MixerKind::windowed_attention;
    case LayerKind::linear_dense:
    case LayerKind::linear_moe:
    case LayerKind::linear_only:
      return MixerKind::linear;
    default:
      return MixerKind::none;
  }
}

MlpKind mlp_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::dense:
    case LayerKind::dense_windowed:
    case LayerKind::linear_dense:
    case LayerKind::mlp_only:
      return MlpKind::dense;
    case LayerKind::moe:
    case LayerKind::moe_windowed:
    case LayerKind::linear_moe:
    case LayerKind::moe_only:
      return MlpKind::routed;
    default:
      return MlpKind::none;
  }
}

LayerKind layer_kind(const ModelSpec& model, std::int64_t index) {
  if (model.diffusion) return diffusion_kind(model, index);
  if (model.has_single_blocks()) return single_block_kind(model, index);
  const bool routed = is_routed(model, index);
  if (model.linear_layers > 0 &&
      !is_spread(index, model.layers - model.linear_layers, model.layers))
    return routed ? LayerKind::linear_moe : LayerKind::linear_dense;
  if (is_windowed(model, index))
    return routed ? LayerKind::moe_windowed : LayerKind::dense_windowed;
  return routed ? LayerKind::moe : LayerKind::dense;
}

std::vector<LayerRun> layer_runs(const ModelSpec& model) {
  std::vector<LayerRun> runs;
  if (model.vision && model.vision->layers > 0)
    runs.push_back({LayerKind::vision, model.vision->layers});
  for (std::int64_t i = 0; i < model.layers; ++i) {
    const LayerKind kind = layer_kind(model, i);
    if (!runs.empty() && runs.back().kind == kind) {
      ++runs.back().count;
    } else {
      runs.push_back({kind, 1});
    }
  }
  return runs;
}

}  // namespace polyfleet
