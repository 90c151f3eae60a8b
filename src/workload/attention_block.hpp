// The mixer half of a layer: norm, projections, attention core (or linear mixer), output projection
// and residual. Tensor parallel splits heads (KV heads are replicated where there are fewer than
// ranks), context parallel splits tokens with the keys and values exchanged.
#pragma once

#include "workload/work_builder.hpp"

namespace polyfleet {

/// Heads and sizes of one attention core on one device.
struct AttentionSizes {
  double heads = 0, kv_heads = 0;
  double head_dim_qk = 0, head_dim_v = 0;
  double window = 0;
  bool causal = true;
};

/// Multi-head and grouped-query attention (arXiv:2305.13245).
void add_attention_block(WorkBuilder& builder, bool windowed);
/// Multi-head latent attention as trained: keys and values expanded per head (arXiv:2405.04434).
void add_latent_attention_block(WorkBuilder& builder);
/// Mamba-2 / gated delta rule.
void add_linear_mixer_block(WorkBuilder& builder);

/// The core alone: the operator in both directions, what it saves, the context-parallel exchange
/// of `exchanged` elements per token, and the softmax and dropout traffic where it is not fused.
void add_attention_core(WorkBuilder& builder, const AttentionSizes& shape, double exchanged);

}  // namespace polyfleet
