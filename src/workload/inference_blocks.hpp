// The parts of a language-model layer in inference, each in the three lists of
// workload/inference_work.hpp. Inside the room.
// Small kernels are counted as serving engines fuse them (vLLM 0.11 model_executor/layers, SGLang
// 0.5 srt/layers: residual add with norm, rotary embedding, cache write, activation, top-k, sort,
// gather, combine); quantisation is fused into norms and, for experts, into the activation.
#pragma once

#include "workload/inference_builder.hpp"

namespace polyfleet {

/// Sequences of one attention rank that decode, each with `queries` new tokens.
struct DecodeBatch {
  double sequences = 0, length = 0, queries = 1;
};
/// One chunk of a prompt on one attention rank.
struct PrefillChunk {
  double query = 0, prior = 0;
};

/// What one layer caches on one rank, in bytes: `per_token` of up to `window` tokens (0 = of all),
/// and `state` a sequence.
struct LayerCache {
  double per_token = 0, window = 0, state = 0;
};

/// Grouped-query attention (multi-head and multi-query included) of one rank.
struct GroupedQueryShape {
  double heads = 0, kv_heads = 0, head_dim = 0, window = 0;
};
GroupedQueryShape grouped_query_shape(const InferenceContext& context, bool windowed);

/// Norm, projections, rotary embedding, cache write and collective of a mixer; not its core.
void add_grouped_query_tokens(InferenceBuilder& builder, LayerKind kind);
void add_latent_tokens(InferenceBuilder& builder, LayerKind kind);
void add_linear_tokens(InferenceBuilder& builder, LayerKind kind);

/// Cores.
void add_latent_decode(InferenceBuilder& builder, const DecodeBatch& batch);
void add_latent_prefill(InferenceBuilder& builder, const PrefillChunk& chunk);
void add_linear_decode(InferenceBuilder& builder, const DecodeBatch& batch);
void add_linear_prefill(InferenceBuilder& builder, const PrefillChunk& chunk);

/// Dispatch on the kind's mixer.
void add_mixer_tokens(InferenceBuilder& builder, LayerKind kind);
void add_mixer_decode(InferenceBuilder& builder, LayerKind kind, const DecodeBatch& batch);
void add_mixer_prefill(InferenceBuilder& builder, LayerKind kind, const PrefillChunk& chunk);
/// Norm, MLP or experts, and their collectives.
void add_mlp_tokens(InferenceBuilder& builder, LayerKind kind);

/// The sparse index of DeepSeek-V3.2: its projections and cache write; its scores over `keys`
/// cached keys for `rows` queries of each of `sequences`.
void add_index_tokens(InferenceBuilder& builder);
void add_index_scores(InferenceBuilder& builder, const DecodeBatch& batch);
void add_index_prefill(InferenceBuilder& builder, const PrefillChunk& chunk);

/// Behind a mixer: all-reduce over the attention's ranks, unless the MLP beside it (parallel
/// attention) does it for both.
void leave_attention(InferenceBuilder& builder, LayerKind kind);
/// Around an MLP that all tensor ranks share.
void enter_mlp(InferenceBuilder& builder, double width);
void leave_mlp(InferenceBuilder& builder, double width);

/// Cache of one layer on one rank; `whole` instead counts every rank's different parts once.
LayerCache layer_cache(const InferenceContext& context, LayerKind kind, bool whole);
/// Recurrent state and convolution inputs of a sequence in one linear layer.
double linear_state_bytes(const InferenceContext& context, bool whole);

}  // namespace polyfleet
