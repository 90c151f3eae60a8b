#include <algorithm>

#include "workload/inference_ends.hpp"
#include "workload/layer_builder.hpp"

namespace polyfleet {

namespace {

/// Index keys are cached in FP8 with one FP32 scale for 128 elements (vLLM 0.11 deepseek_v2.py:
/// DeepseekV32IndexerCache).
constexpr double kIndexScaleBlock = 128;
constexpr double kIndexScaleBytes = 4;

double bytes_of(Dtype dtype) { return bytes_per_element(dtype) / byte; }

double index_cache(const ModelSpec& model) {
  if (model.sparse.heads <= 0) return 0;
  const double dim = static_cast<double>(model.sparse.head_dim);
  return dim + dim / kIndexScaleBlock * kIndexScaleBytes;
}

/// Layers of one pipeline stage: the remainder goes to the last stages but one, backwards (vLLM
/// 0.11 distributed/utils.py, get_pp_indices).
std::vector<std::int64_t> stage_layers(std::int64_t layers, int stages) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(stages), layers / stages);
  const auto size = static_cast<std::int64_t>(counts.size());
  for (std::int64_t left = layers % stages, at = size - 2; left > 0; --left, --at)
    ++counts[static_cast<std::size_t>((at + size) % size)];
  return counts;
}

/// Bytes that one layer of this kind holds on one rank.
double layer_weights(const InferenceContext& context, LayerKind kind) {
  InferenceBuilder builder(context, 1);
  add_mixer_tokens(builder, kind);
  add_mixer_prefill(builder, kind, {.query = 1, .prior = 0});  // up-projections of latent attention
  add_mlp_tokens(builder, kind);
  return builder.weight_bytes();
}

/// Latent attention: decode takes the up-projections apart and keeps them wide beside the narrow
/// ones that prefill uses (vLLM mla_attention.py, process_weights_after_loading).
double absorbed_copy(const InferenceContext& context, LayerKind kind) {
  const ModelSpec& model = context.model;
  const MixerKind mixer = mixer_of(kind);
  const bool attends = mixer == MixerKind::attention || mixer == MixerKind::windowed_attention;
  if (!attends || model.attention != AttentionKind::latent) return 0;
  const bool expands = model.sparse.heads <= 0;
  if (expands && context.formats.attention_projections.stored == context.formats.activation)
    return 0;
  const LatentAttention& latent = model.latent;
  const double width = static_cast<double>(latent.qk_nope_head_dim + latent.v_head_dim) *
                       static_cast<double>(model.heads) / context.layout.attention_tensor();
  return width * static_cast<double>(latent.kv_lora_rank) * bytes_of(context.formats.activation);
}

double embedding_weights(const InferenceContext& context) {
  const ModelSpec& model = context.model;
  const double hidden = static_cast<double>(model.hidden);
  double rows = static_cast<double>(model.vocab) / context.layout.attention_tensor();
  if (model.learned_positions) rows += static_cast<double>(model.max_context);
  return rows * hidden * bytes_of(context.formats.activation);
}

double head_weights(const InferenceContext& context) {
  InferenceBuilder builder(context, 1);
  add_head(builder, 1);
  const bool shares = context.model.tied_embeddings && context.layout.pipeline == 1;
  // tied: the lookup's table serves (it is at least as large on a rank)
  return shares ? static_cast<double>(context.model.hidden) * bytes_of(context.formats.activation)
                : builder.weight_bytes();
}

/// The vision tower with its patch projection and projector lies on the first stage, split over the
/// attention's ranks, wide.
double tower_weights(const InferenceContext& context) {
  if (!context.model.vision || context.model.vision->layers <= 0) return 0;
  static const ParallelLayout kOneDevice;
  static const PrecisionRecipe kPlain;
  static const LoraSettings kNoAdapters;
  MicroBatch batch;
  batch.sequence_length = 1;
  const ModelSpec& model = context.model;
  const BuildContext whole{model, kOneDevice, kPlain, batch, kNoAdapters};
  const double lookup = static_cast<double>(model.vocab) * static_cast<double>(model.hidden);
  const double parameters =
      layer_work(LayerKind::vision, whole).parameters * static_cast<double>(model.vision->layers) +
      embedding_work(whole).parameters - lookup;
  return parameters / context.layout.attention_tensor() * bytes_of(context.formats.activation);
}

/// Bytes of one rank of one stage.
struct StageMemory {
  double weights = 0, per_token = 0, per_sequence = 0;
};

StageMemory stage_memory(const InferenceContext& context, std::int64_t first, std::int64_t count) {
  StageMemory stage;
  std::array<double, kLayerKindCount> layers{};
  for (std::int64_t i = first; i < first + count; ++i)
    ++layers[static_cast<std::size_t>(layer_kind(context.model, i))];
  for (std::size_t i = 0; i < kLayerKindCount; ++i) {
    if (layers[i] <= 0) continue;
    const auto kind = static_cast<LayerKind>(i);
    const LayerCache cache = layer_cache(context, kind, false);
    stage.weights += layers[i] * (layer_weights(context, kind) + absorbed_copy(context, kind));
    if (cache.window > 0) {
      stage.per_sequence += layers[i] * cache.window * cache.per_token;
    } else {
      stage.per_token += layers[i] * cache.per_token;
    }
    stage.per_sequence += layers[i] * cache.state;
  }
  return stage;
}

/// Stream, normed stream and a block's output beside the widest inner buffers: query, key, value
/// and attention output; an MLP's two halves and product; the copies of routed experts.
double activation_elements(const InferenceContext& context, double tokens) {
  const ModelSpec& model = context.model;
  const ServingLayout& cut = context.layout;
  const double hidden = static_cast<double>(model.hidden);
  const double own = tokens / cut.context / cut.attention_data;
  const double all = tokens / cut.context;
  const GroupedQueryShape shape = grouped_query_shape(context, false);
  const double attention = own * 2 * (shape.heads + shape.kv_heads) * shape.head_dim;
  double inner = std::max(attention, all * 3 * static_cast<double>(model.ffn) / cut.tensor);
  if (model.is_moe()) {
    const double copies = all * static_cast<double>(model.moe.top_k) / cut.expert;
    inner = std::max(inner, copies * (2 * hidden + 3 * static_cast<double>(model.moe.expert_ffn) /
                                                       cut.expert_tensor()));
  }
  return 3 * (cut.attention_data > 1 ? all : own) * hidden + inner;
}

}  // namespace

LayerCache layer_cache(const InferenceContext& context, LayerKind kind, bool whole) {
  const ModelSpec& model = context.model;
  const MixerKind mixer = mixer_of(kind);
  if (mixer == MixerKind::none) return {};
  if (mixer == MixerKind::linear) return {.state = linear_state_bytes(context, whole)};
  const double element = bytes_of(context.formats.cache);
  if (model.attention == AttentionKind::latent) {
    const double width =
        static_cast<double>(model.latent.kv_lora_rank + model.latent.qk_rope_head_dim);
    return {.per_token = width * element + index_cache(model)};
  }
  const bool windowed = mixer == MixerKind::windowed_attention;
  const GroupedQueryShape shape = grouped_query_shape(context, windowed);
  const bool global = !windowed && model.sliding_window > 0 && model.global_kv_heads > 0;
  const double heads =
      whole ? static_cast<double>(global ? model.global_kv_heads : model.kv_heads) : shape.kv_heads;
  const double vectors = model.latent.keys_are_values ? 1 : 2;
  // the keys that a sparse index chooses from are all kept
  const bool forgets = windowed && model.sparse.heads <= 0;
  return {.per_token = heads * vectors * shape.head_dim * element + index_cache(model),
          .window = forgets ? static_cast<double>(model.sliding_window) : 0};
}

InferenceMemory inference_memory(const InferenceContext& context, double largest_iteration_tokens) {
  StageMemory busiest;
  std::int64_t first = 0;
  const std::vector<std::int64_t> stages =
      stage_layers(context.model.layers, context.layout.pipeline);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    StageMemory stage = stage_memory(context, first, stages[i]);
    first += stages[i];
    if (i == 0) stage.weights += embedding_weights(context) + tower_weights(context);
    if (i + 1 == stages.size()) stage.weights += head_weights(context);
    busiest.weights = std::max(busiest.weights, stage.weights);
    busiest.per_token = std::max(busiest.per_token, stage.per_token);
    busiest.per_sequence = std::max(busiest.per_sequence, stage.per_sequence);
  }
  const double sharing = context.layout.context;
  return {.weights = busiest.weights * byte,
          .cache_per_token = busiest.per_token / sharing * byte,
          .cache_per_sequence = busiest.per_sequence / sharing * byte,
          .activations = activation_elements(context, largest_iteration_tokens) *
                         bytes_of(context.formats.activation) * byte};
}

Bytes draft_weights(const InferenceContext& context) {
  if (context.model.mtp_layers <= 0) return 0 * byte;
  InferenceBuilder builder(context, 1);
  add_draft_layer(builder);
  const LayerKind kind = draft_kind(context.model);
  add_mixer_prefill(builder, kind, {.query = 1, .prior = 0});
  return (builder.weight_bytes() + absorbed_copy(context, kind)) *
         static_cast<double>(context.model.mtp_layers) * byte;
}

Bytes cache_bytes_of_sequence(const InferenceContext& context, double length) {
  const std::array<double, kLayerKindCount> layers = language_layers(context.model);
  double sum = 0;
  for (std::size_t i = 0; i < kLayerKindCount; ++i) {
    if (layers[i] <= 0) continue;
    const LayerCache cache = layer_cache(context, static_cast<LayerKind>(i), true);
    const double kept = cache.window > 0 ? std::min(cache.window, length) : length;
    sum += layers[i] * (kept * cache.per_token + cache.state);
  }
  return sum * byte;
}

}  // namespace polyfleet
