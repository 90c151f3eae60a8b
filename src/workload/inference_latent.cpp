// Latent attention in inference: decode works on the compressed cache (the up-projections are
// absorbed into query and output, arXiv:2405.04434 section 2.1.3), prefill expands keys and values
// of the new tokens and of the cached prefix. With a sparse index (DeepSeek-V3.2) both work on the
// compressed cache, as the selected keys are shared by all heads.
#include "workload/inference_blocks.hpp"

namespace polyfleet {

namespace {

/// Widths of one rank: the compressed vectors are whole, the heads are split.
struct LatentShape {
  double heads, nope, rope, value, rank, query_rank;
  double compressed() const { return rank + rope; }
  double key() const { return nope + rope; }
};

LatentShape latent_shape(const InferenceContext& context) {
  const LatentAttention& latent = context.model.latent;
  return {.heads = static_cast<double>(context.model.heads) / context.layout.attention_tensor(),
          .nope = static_cast<double>(latent.qk_nope_head_dim),
          .rope = static_cast<double>(latent.qk_rope_head_dim),
          .value = static_cast<double>(latent.v_head_dim),
          .rank = static_cast<double>(latent.kv_lora_rank),
          .query_rank = static_cast<double>(latent.q_lora_rank)};
}

// Query and compressed keys-values come from one product that every rank holds whole; without a
// query rank the heads' queries are projected directly and split.
void add_down_projections(InferenceBuilder& builder, const LatentShape& shape) {
  const WeightFormat& format = builder.formats().attention_projections;
  const double tokens = builder.attention_tokens();
  InferenceProduct product{.op_class = OpClass::projection,
                           .format = format,
                           .m = tokens,
                           .n = shape.query_rank + shape.compressed(),
                           .k = static_cast<double>(builder.model().hidden)};
  builder.product(product);
  product.n = shape.heads * shape.key();
  if (shape.query_rank > 0) {
    builder.norm(tokens, shape.query_rank, builder.input_bytes(format));
    product.k = shape.query_rank;
  }
  builder.product(product);
  builder.norm(tokens, shape.rank, builder.activation_bytes());
}

/// Absorbed products run in the activations' format (vLLM mla_attention.py: W_UK and W_UV are
/// taken apart and held wide).
WeightFormat absorbed_format(const InferenceBuilder& builder) {
  return {builder.formats().activation, builder.formats().activation};
}

void add_absorbed_product(InferenceBuilder& builder, double rows, double n, double k) {
  const double heads = latent_shape(builder.context()).heads;
  builder.product({.op_class = OpClass::projection,
                   .format = absorbed_format(builder),
                   .m = rows * heads,
                   .n = n,
                   .k = k,
                   .groups = heads,
                   .holds_weights = false});
}

Op absorbed_core(const InferenceBuilder& builder, const LatentShape& shape) {
  const InferenceFormats& formats = builder.formats();
  Op op;
  op.dtype = formats.attention;
  if (formats.cache != formats.attention) op.stored = formats.cache;
  op.heads = shape.heads;
  op.kv_heads = 1;
  op.head_dim_qk = shape.compressed();
  op.head_dim_v = shape.rank;
  op.window = static_cast<double>(builder.model().sparse.top_k);
  op.causal = true;
  op.keys_are_values = true;
  return op;
}

// q_nope W_UK, joined to q_rope; the core; its output W_UV.
void add_absorbed(InferenceBuilder& builder, const Op& core, double rows) {
  const LatentShape shape = latent_shape(builder.context());
  add_absorbed_product(builder, rows, shape.rank, shape.nope);
  const double joined = rows * shape.heads * shape.compressed() * builder.activation_bytes();
  builder.kernel(OpClass::elementwise, joined, joined);
  builder.attention(core);
  add_absorbed_product(builder, rows, shape.value, shape.rank);
}

// The compressed vectors of all context ranks.
void gather_compressed(InferenceBuilder& builder, double tokens) {
  const double cache = bytes_per_element(builder.formats().cache) / byte;
  builder.communicate(CommGroup::context, CollectiveKind::all_gather,
                      tokens * latent_shape(builder.context()).compressed() * cache,
                      builder.layout().context);
}

void add_expansion(InferenceBuilder& builder, const PrefillChunk& chunk) {
  const LatentShape shape = latent_shape(builder.context());
  const WeightFormat& format = builder.formats().attention_projections;
  const double bytes = builder.activation_bytes();
  const double tokens = chunk.query + chunk.prior;
  if (chunk.prior > 0) {  // the cached prefix is gathered from its pages
    const double prefix = chunk.prior * shape.compressed();
    builder.kernel(OpClass::elementwise,
                   prefix * (bytes_per_element(builder.formats().cache) / byte), prefix * bytes);
  }
  builder.quantise(format, tokens * shape.rank);
  builder.product({.op_class = OpClass::projection,
                   .format = format,
                   .m = tokens,
                   .n = shape.heads * (shape.nope + shape.value),
                   .k = shape.rank});
  const double keys = tokens * shape.heads * shape.key() * bytes;
  builder.kernel(OpClass::elementwise, keys, keys);  // keys joined with their rotary part
}

}  // namespace

void add_latent_tokens(InferenceBuilder& builder, LayerKind kind) {
  const LatentShape shape = latent_shape(builder.context());
  const WeightFormat& format = builder.formats().attention_projections;
  const double tokens = builder.attention_tokens();
  const double bytes = builder.activation_bytes();
  const double hidden = static_cast<double>(builder.model().hidden);
  builder.add_norm(tokens, hidden, builder.input_bytes(format));
  add_down_projections(builder, shape);
  if (builder.model().sparse.heads > 0) add_index_tokens(builder);
  const double turned = tokens * (shape.heads + 1) * shape.rope * bytes;
  builder.kernel(OpClass::elementwise, turned, turned);
  const double cached = tokens * shape.compressed();
  builder.kernel(OpClass::elementwise, cached * bytes,
                 cached * (bytes_per_element(builder.formats().cache) / byte));
  builder.quantise(format, tokens * shape.heads * shape.value);
  builder.product({.op_class = OpClass::projection,
                   .format = format,
                   .m = tokens,
                   .n = hidden,
                   .k = shape.heads * shape.value});
  leave_attention(builder, kind);
}

void add_latent_decode(InferenceBuilder& builder, const DecodeBatch& batch) {
  Op core = absorbed_core(builder, latent_shape(builder.context()));
  core.batch = batch.sequences;
  core.query_length = batch.queries;
  core.kv_length = batch.length;
  core.decode = true;
  if (builder.model().sparse.heads > 0) add_index_scores(builder, batch);
  add_absorbed(builder, core, batch.sequences * batch.queries);
}

void add_latent_prefill(InferenceBuilder& builder, const PrefillChunk& chunk) {
  const LatentShape shape = latent_shape(builder.context());
  const double ranks = builder.layout().context;
  Op core = absorbed_core(builder, shape);
  core.batch = 1;
  core.query_length = chunk.query;
  core.kv_length = chunk.query + chunk.prior;
  core.count = 1 / ranks;
  gather_compressed(builder, core.kv_length);
  if (builder.model().sparse.heads > 0) {
    add_index_prefill(builder, chunk);
    return add_absorbed(builder, core, chunk.query / ranks);
  }
  add_expansion(builder, chunk);
  core.kv_heads = shape.heads;
  core.head_dim_qk = shape.key();
  core.head_dim_v = shape.value;
  core.keys_are_values = false;
  core.stored.reset();  // expanded in the activations' format
  builder.attention(core);
}

}  // namespace polyfleet
