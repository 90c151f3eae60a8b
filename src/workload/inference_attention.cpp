#include <algorithm>

#include "workload/inference_blocks.hpp"

namespace polyfleet {

namespace {

/// Cache, arithmetic and heads of a core on one rank.
Op core_operator(const InferenceBuilder& builder, const GroupedQueryShape& shape) {
  const InferenceFormats& formats = builder.formats();
  Op op;
  op.dtype = formats.attention;
  if (formats.cache != formats.attention) op.stored = formats.cache;
  op.heads = shape.heads;
  op.kv_heads = shape.kv_heads;
  op.head_dim_qk = op.head_dim_v = shape.head_dim;
  op.window = shape.window;
  op.causal = true;
  return op;
}

/// Values are cached beside the keys unless one vector serves as both (DeepSeek-V4). Gemma 4
/// projects once but turns only the keys, so both are cached.
double cached_vectors(const ModelSpec& model) { return model.latent.keys_are_values ? 1 : 2; }

/// Widths of the fused query-key-value product on one rank.
struct ProjectedWidths {
  double query, gate, keys, values;
  double all() const { return query + gate + keys + values; }
};

ProjectedWidths projected_widths(const ModelSpec& model, const GroupedQueryShape& shape,
                                 bool windowed) {
  const bool shared = model.latent.keys_are_values || (!windowed && model.global_keys_are_values);
  const double query = shape.heads * shape.head_dim;
  const double keys = shape.kv_heads * shape.head_dim;
  return {.query = query,
          .gate = model.gated_attention ? query : 0,
          .keys = keys,
          .values = shared ? 0 : keys};
}

// One fused product, or the query through a low rank that every rank holds whole (DeepSeek-V4).
void add_query_key_value(InferenceBuilder& builder, const ProjectedWidths& widths) {
  const WeightFormat& format = builder.formats().attention_projections;
  const double hidden = static_cast<double>(builder.model().hidden);
  const double rank = static_cast<double>(builder.model().latent.q_lora_rank);
  InferenceProduct product{.op_class = OpClass::projection,
                           .format = format,
                           .m = builder.attention_tokens(),
                           .n = widths.all(),
                           .k = hidden};
  if (rank <= 0) return builder.product(product);
  product.n = rank;
  builder.product(product);
  builder.norm(product.m, rank, builder.input_bytes(format));
  product.k = rank;
  product.n = widths.query + widths.gate;
  builder.product(product);
  product.k = hidden;
  product.n = widths.keys + widths.values;
  builder.product(product);
}

// Directly, or each group of heads to a low rank and all of them to the stream (DeepSeek-V4).
void add_output(InferenceBuilder& builder, double width) {
  const ModelSpec& model = builder.model();
  const WeightFormat& format = builder.formats().attention_projections;
  const double tokens = builder.attention_tokens();
  InferenceProduct product{.op_class = OpClass::projection,
                           .format = format,
                           .m = tokens,
                           .n = static_cast<double>(model.hidden),
                           .k = width};
  builder.quantise(format, tokens * width);
  if (model.latent.o_lora_rank > 0) {
    const double rank = static_cast<double>(model.latent.o_lora_rank);
    const double groups =
        static_cast<double>(model.latent.o_groups) / builder.layout().attention_tensor();
    product.n = rank;
    product.m = tokens * groups;
    product.k = width / groups;
    product.groups = groups;
    builder.product(product);
    product = {.op_class = OpClass::projection,
               .format = format,
               .m = tokens,
               .n = static_cast<double>(model.hidden),
               .k = groups * rank};
    builder.quantise(format, tokens * product.k);
  }
  builder.product(product);
}

void add_grouped_query_decode(InferenceBuilder& builder, bool windowed, const DecodeBatch& batch) {
  Op op = core_operator(builder, grouped_query_shape(builder.context(), windowed));
  op.batch = batch.sequences;
  op.query_length = batch.queries;
  op.kv_length = batch.length;
  op.decode = true;
  op.keys_are_values = cached_vectors(builder.model()) < 2;
  if (builder.model().sparse.heads > 0) add_index_scores(builder, batch);
  builder.attention(op);
}

// A context rank computes an even share of the chunk's rows: the whole kernel, `count` 1/ranks.
void add_grouped_query_prefill(InferenceBuilder& builder, bool windowed,
                               const PrefillChunk& chunk) {
  const double ranks = builder.layout().context;
  Op op = core_operator(builder, grouped_query_shape(builder.context(), windowed));
  op.batch = 1;
  op.query_length = chunk.query;
  op.kv_length = chunk.query + chunk.prior;
  op.count = 1 / ranks;
  op.keys_are_values = cached_vectors(builder.model()) < 2;
  if (builder.model().sparse.heads > 0) add_index_prefill(builder, chunk);
  const double kept =
      op.window > 0 ? std::min(op.kv_length, op.window + chunk.query) : op.kv_length;
  builder.communicate(CommGroup::context, CollectiveKind::all_gather,
                      kept * op.kv_heads * op.head_dim_qk * cached_vectors(builder.model()) *
                          (bytes_per_element(builder.formats().cache) / byte),
                      ranks);
  builder.attention(op);
}

}  // namespace

GroupedQueryShape grouped_query_shape(const InferenceContext& context, bool windowed) {
  const ModelSpec& model = context.model;
  const bool global = !windowed && model.sliding_window > 0;
  const auto chosen = [global](std::int64_t of_global, std::int64_t of_all) {
    return static_cast<double>(global && of_global > 0 ? of_global : of_all);
  };
  const double ranks = context.layout.attention_tensor();
  GroupedQueryShape shape;
  shape.heads = static_cast<double>(model.heads) / ranks;
  shape.kv_heads = std::max(chosen(model.global_kv_heads, model.kv_heads) / ranks, 1.0);
  shape.head_dim = chosen(model.global_head_dim, model.head_dim);
  shape.window = windowed ? static_cast<double>(model.sliding_window) : 0;
  if (model.sparse.heads > 0) shape.window = static_cast<double>(model.sparse.top_k);
  return shape;
}

void add_grouped_query_tokens(InferenceBuilder& builder, LayerKind kind) {
  const ModelSpec& model = builder.model();
  const bool windowed = mixer_of(kind) == MixerKind::windowed_attention;
  const GroupedQueryShape shape = grouped_query_shape(builder.context(), windowed);
  const ProjectedWidths widths = projected_widths(model, shape, windowed);
  const double tokens = builder.attention_tokens();
  const double bytes = builder.activation_bytes();
  const double cache = bytes_per_element(builder.formats().cache) / byte;
  builder.add_norm(tokens, static_cast<double>(model.hidden),
                   builder.input_bytes(builder.formats().attention_projections));
  add_query_key_value(builder, widths);
  if (model.sparse.heads > 0) add_index_tokens(builder);
  if (model.rotary_positions) {
    const double turned = tokens * (widths.query + widths.keys) * bytes;
    builder.kernel(OpClass::elementwise, turned, turned);
  }
  const double cached = tokens * widths.keys * cached_vectors(model);
  builder.kernel(OpClass::elementwise, cached * bytes, cached * cache);
  if (widths.gate > 0)
    builder.kernel(OpClass::elementwise, 2 * tokens * widths.gate * bytes,
                   tokens * widths.gate * bytes);
  add_output(builder, widths.query);
  leave_attention(builder, kind);
}

void add_mixer_tokens(InferenceBuilder& builder, LayerKind kind) {
  switch (mixer_of(kind)) {
    case MixerKind::attention:
    case MixerKind::windowed_attention:
      if (builder.model().attention == AttentionKind::latent)
        return add_latent_tokens(builder, kind);
      return add_grouped_query_tokens(builder, kind);
    case MixerKind::linear:
      return add_linear_tokens(builder, kind);
    case MixerKind::none:
      return;
  }
}

void add_mixer_decode(InferenceBuilder& builder, LayerKind kind, const DecodeBatch& batch) {
  switch (mixer_of(kind)) {
    case MixerKind::attention:
    case MixerKind::windowed_attention:
      if (builder.model().attention == AttentionKind::latent)
        return add_latent_decode(builder, batch);
      return add_grouped_query_decode(builder, mixer_of(kind) == MixerKind::windowed_attention,
                                      batch);
    case MixerKind::linear:
      return add_linear_decode(builder, batch);
    case MixerKind::none:
      return;
  }
}

void add_mixer_prefill(InferenceBuilder& builder, LayerKind kind, const PrefillChunk& chunk) {
  switch (mixer_of(kind)) {
    case MixerKind::attention:
    case MixerKind::windowed_attention:
      if (builder.model().attention == AttentionKind::latent)
        return add_latent_prefill(builder, chunk);
      return add_grouped_query_prefill(builder, mixer_of(kind) == MixerKind::windowed_attention,
                                       chunk);
    case MixerKind::linear:
      return add_linear_prefill(builder, chunk);
    case MixerKind::none:
      return;
  }
}

}  // namespace polyfleet
