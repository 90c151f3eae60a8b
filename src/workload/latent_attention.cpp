#include "workload/attention_block.hpp"

namespace polyfleet {

namespace {

/// Widths of one rank: the compressed vectors are whole, the heads are split.
struct LatentWidths {
  double query_rank, compressed, query, key, value;
};

LatentWidths latent_widths(const WorkBuilder& builder) {
  const ModelSpec& model = builder.model();
  const LatentAttention& latent = model.latent;
  const double heads = static_cast<double>(model.heads) / builder.tensor();
  const double qk = static_cast<double>(latent.qk_nope_head_dim + latent.qk_rope_head_dim);
  return {.query_rank = static_cast<double>(latent.q_lora_rank),
          .compressed = static_cast<double>(latent.kv_lora_rank + latent.qk_rope_head_dim),
          .query = heads * qk,
          .key = heads * qk,
          .value = heads * static_cast<double>(latent.v_head_dim)};
}

// Down-projections are duplicated over the tensor group and run on the tokens of this rank
// (Megatron-Core multi_latent_attention.py); what travels is the compressed vectors.
void add_down_projections(WorkBuilder& builder, const LatentWidths& widths) {
  const ModelSpec& model = builder.model();
  const double hidden = static_cast<double>(model.hidden);
  const double outside = builder.sharded_tokens();
  LinearShape down{.op_class = OpClass::projection,
                   .tokens = outside,
                   .in = hidden,
                   .out = widths.compressed,
                   .target = AdapterTarget::qkv};
  builder.linear(down);
  builder.norm(outside, static_cast<double>(model.latent.kv_lora_rank));
  double gathered = widths.compressed;
  if (widths.query_rank > 0) {
    down.out = widths.query_rank;
    builder.linear(down);
    builder.norm(outside, widths.query_rank);
    gathered += widths.query_rank;
  } else {
    gathered += hidden;  // the query is projected from the stream itself
  }
  builder.enter_tensor_parallel(builder.tokens(), gathered,
                                builder.keeps_input(AdapterTarget::qkv));
  // norm inputs and the inputs of the up-projections
  const double ranks = static_cast<double>(model.latent.kv_lora_rank) + widths.query_rank;
  builder.save(outside * (ranks + widths.compressed + widths.query_rank) *
               builder.activation_bytes());
}

void add_up_projections(WorkBuilder& builder, const LatentWidths& widths) {
  const ModelSpec& model = builder.model();
  const bool recomputed = builder.context().batch.selective.latent_up;
  const double tokens = builder.tokens();
  const double nope = static_cast<double>(model.latent.qk_nope_head_dim) *
                      static_cast<double>(model.heads) / builder.tensor();
  const std::size_t first = builder.forward_size();
  LinearShape up{
      .op_class = OpClass::projection,
      .tokens = tokens,
      .in = widths.query_rank > 0 ? widths.query_rank : static_cast<double>(model.hidden),
      .out = widths.query,
      .target = AdapterTarget::qkv};
  builder.linear(up);
  up.in = static_cast<double>(model.latent.kv_lora_rank);
  up.out = nope + widths.value;
  builder.linear(up);
  // rotary parts turned and joined to the rest: query and key written anew
  const double joined = tokens * (widths.query + widths.key);
  builder.elementwise(Pass::forward, OpClass::elementwise, joined, joined);
  builder.elementwise(Pass::backward_input, OpClass::elementwise, joined, joined);
  if (recomputed) builder.recompute_since(first);
  builder.save_unless(
      recomputed, tokens * (widths.query + widths.key + widths.value) * builder.activation_bytes());
}

// The lightning indexer (DeepSeek-V3.2): small heads score every key, the best top_k are attended.
void add_indexer(WorkBuilder& builder, const LatentWidths& widths) {
  const SparseIndex& sparse = builder.model().sparse;
  if (sparse.heads <= 0) return;
  const double outside = builder.sharded_tokens();
  const double dim = static_cast<double>(sparse.head_dim);
  const double hidden = static_cast<double>(builder.model().hidden);
  const double heads = static_cast<double>(sparse.heads);
  builder.linear({.op_class = OpClass::projection,
                  .tokens = outside,
                  .in = widths.query_rank > 0 ? widths.query_rank : hidden,
                  .out = heads * dim});
  builder.linear(
      {.op_class = OpClass::projection, .tokens = outside, .in = hidden, .out = dim + heads});
}

}  // namespace

void add_latent_attention_block(WorkBuilder& builder) {
  const ModelSpec& model = builder.model();
  const double hidden = static_cast<double>(model.hidden);
  const double bytes = builder.activation_bytes();
  const double outside = builder.sharded_tokens();
  const double tokens = builder.tokens();
  const LatentWidths widths = latent_widths(builder);

  builder.norm(outside, hidden);
  builder.save(outside * hidden * bytes);
  if (builder.keeps_input(AdapterTarget::qkv))
    builder.save_unless(builder.context().batch.selective.norm,
                        outside * hidden * builder.linear_input_bytes());
  add_down_projections(builder, widths);
  add_indexer(builder, widths);
  add_up_projections(builder, widths);
  const double heads = static_cast<double>(model.heads) / builder.tensor();
  const AttentionSizes shape{.heads = heads,
                             .kv_heads = heads,
                             .head_dim_qk = widths.query / heads,
                             .head_dim_v = widths.value / heads,
                             .window = static_cast<double>(model.sparse.top_k)};
  add_attention_core(builder, shape, widths.key + widths.value);
  builder.save(tokens * widths.value * bytes);
  builder.linear({.op_class = OpClass::projection,
                  .tokens = tokens,
                  .in = widths.value,
                  .out = hidden,
                  .target = AdapterTarget::output});
  if (builder.linear_input_bytes() < bytes && builder.keeps_input(AdapterTarget::output))
    builder.save(tokens * widths.value * builder.linear_input_bytes());
  builder.leave_tensor_parallel(tokens, hidden);
  builder.residual_add(outside, hidden);
}

}  // namespace polyfleet
