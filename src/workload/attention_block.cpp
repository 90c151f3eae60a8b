#include "workload/attention_block.hpp"

#include <algorithm>

namespace polyfleet {

namespace {

/// One log-sum-exp per query and head, FP32 (flash attention keeps it for backward).
constexpr double kLogSumBytes = 4;
/// Dropout masks are one byte an element (Korthikanti et al. 2022, section 4.1).
constexpr double kMaskBytes = 1;

Op core_operator(const WorkBuilder& builder, const AttentionSizes& shape) {
  const MicroBatch& batch = builder.context().batch;
  const double context = builder.layout().context;
  const double document = batch.mean_document > 0
                              ? std::min(batch.mean_document, batch.sequence_length)
                              : batch.sequence_length;
  Op op;
  op.batch = batch.sequences * batch.sequence_length / document;
  op.heads = shape.heads;
  op.kv_heads = shape.kv_heads;
  op.head_dim_qk = shape.head_dim_qk;
  op.head_dim_v = shape.head_dim_v;
  op.query_length = document / context;
  op.kv_length = document;
  op.window = shape.window;
  op.causal = shape.causal;
  op.balanced = shape.causal && context > 1;
  op.fused = batch.fused_attention;
  return op;
}

// Scores in memory: softmax reads and writes them; dropout reads them, writes them and its mask.
// (The products themselves are in the attention operator's own traffic.)
void add_score_traffic(WorkBuilder& builder, double scores, bool recomputed) {
  const bool dropout = builder.context().batch.dropout;
  const double mask = kMaskBytes / builder.activation_bytes();
  const std::size_t first = builder.forward_size();
  builder.elementwise(Pass::forward, OpClass::attention, scores, scores);
  if (dropout) builder.elementwise(Pass::forward, OpClass::attention, scores, (1 + mask) * scores);
  if (recomputed) builder.recompute_since(first);
  builder.elementwise(Pass::backward_input, OpClass::attention, 2 * scores, scores);
  if (dropout)
    builder.elementwise(Pass::backward_input, OpClass::attention, (1 + mask) * scores, scores);
  const double kept = builder.activation_bytes() * (dropout ? 2 : 1) + (dropout ? kMaskBytes : 0);
  builder.save_unless(recomputed, scores * kept);
}

void exchange_keys(WorkBuilder& builder, double exchanged) {
  const double context = builder.layout().context;
  if (context <= 1) return;
  const double gathered = builder.tokens() * context * exchanged * builder.activation_bytes();
  builder.communicate(Pass::forward, CommGroup::context, CollectiveKind::all_gather, gathered);
  builder.communicate(Pass::backward_input, CommGroup::context, CollectiveKind::all_gather,
                      gathered);
  builder.communicate(Pass::backward_input, CommGroup::context, CollectiveKind::reduce_scatter,
                      gathered);
}

/// Sizes of a grouped-query layer on one device.
AttentionSizes grouped_query_shape(const WorkBuilder& builder, bool windowed) {
  const ModelSpec& model = builder.model();
  const bool global = !windowed && model.sliding_window > 0;
  const double dim = static_cast<double>(global && model.global_head_dim > 0 ? model.global_head_dim
                                                                             : model.head_dim);
  const double kv = static_cast<double>(global && model.global_kv_heads > 0 ? model.global_kv_heads
                                                                            : model.kv_heads);
  AttentionSizes shape;
  shape.heads = static_cast<double>(model.heads) / builder.tensor();
  shape.kv_heads = std::max(kv / builder.tensor(), 1.0);
  shape.head_dim_qk = shape.head_dim_v = dim;
  shape.window = windowed ? static_cast<double>(model.sliding_window) : 0;
  if (model.sparse.heads > 0) shape.window = static_cast<double>(model.sparse.top_k);
  return shape;
}

}  // namespace

void add_attention_core(WorkBuilder& builder, const AttentionSizes& shape, double exchanged) {
  const bool recomputed = builder.context().batch.selective.core_attention;
  exchange_keys(builder, exchanged);
  const std::size_t first = builder.forward_size();
  const Op op = core_operator(builder, shape);
  builder.attention(op);
  if (recomputed) builder.recompute_since(first);
  if (op.fused) {
    builder.save_unless(recomputed, builder.tokens() * shape.heads * kLogSumBytes);
  } else {
    add_score_traffic(builder, op.batch * op.heads * op.query_length * op.kv_length, recomputed);
  }
}

namespace {

/// Widths of this device's query, keys and values.
struct HeadWidths {
  double query, gate, keys, values;
};

HeadWidths head_widths(const ModelSpec& model, const AttentionSizes& shape, bool windowed) {
  const bool shared = model.latent.keys_are_values || (!windowed && model.global_keys_are_values);
  const double query = shape.heads * shape.head_dim_qk;
  return {.query = query,
          .gate = model.gated_attention ? query : 0,
          .keys = shape.kv_heads * shape.head_dim_qk,
          .values = shared ? 0 : shape.kv_heads * shape.head_dim_v};
}

// DeepSeek-V4: the query through a low rank (duplicated over the tensor group), keys directly.
void add_low_rank_query(WorkBuilder& builder, const HeadWidths& widths) {
  const double hidden = static_cast<double>(builder.model().hidden);
  const double rank = static_cast<double>(builder.model().latent.q_lora_rank);
  const double outside = builder.sharded_tokens();
  LinearShape matrix{.op_class = OpClass::projection,
                     .tokens = outside,
                     .in = hidden,
                     .out = rank,
                     .target = AdapterTarget::qkv};
  builder.linear(matrix);
  builder.norm(outside, rank);
  builder.save(2 * outside * rank * builder.activation_bytes());
  matrix.tokens = builder.tokens();
  matrix.in = rank;
  matrix.out = widths.query + widths.gate;
  builder.linear(matrix);
  matrix.in = hidden;
  matrix.out = widths.keys + widths.values;
  builder.linear(matrix);
}

void add_query_key_value(WorkBuilder& builder, const HeadWidths& widths) {
  if (builder.model().latent.q_lora_rank > 0) return add_low_rank_query(builder, widths);
  builder.linear({.op_class = OpClass::projection,
                  .tokens = builder.tokens(),
                  .in = static_cast<double>(builder.model().hidden),
                  .out = widths.query + widths.gate + widths.keys + widths.values,
                  .target = AdapterTarget::qkv,
                  .has_bias = builder.model().biases});
}

// Directly, or each group of heads to a low rank and all of them to the stream (DeepSeek-V4).
void add_output_projection(WorkBuilder& builder, double width) {
  const ModelSpec& model = builder.model();
  LinearShape matrix{.op_class = OpClass::projection,
                     .tokens = builder.tokens(),
                     .in = width,
                     .out = static_cast<double>(model.hidden),
                     .target = AdapterTarget::output,
                     .has_bias = model.biases};
  if (model.latent.o_lora_rank > 0) {
    const double rank = static_cast<double>(model.latent.o_lora_rank);
    const double groups = static_cast<double>(model.latent.o_groups) / builder.tensor();
    matrix.out = rank;  // groups x (width / groups) x rank
    builder.linear(matrix);
    matrix.in = groups * rank;
    matrix.out = static_cast<double>(model.hidden);
    builder.save(builder.tokens() * matrix.in * builder.linear_input_bytes());
  }
  builder.linear(matrix);
}

void add_gate(WorkBuilder& builder, double width) {
  if (width <= 0) return;
  const double elements = builder.tokens() * width;
  builder.elementwise(Pass::forward, OpClass::elementwise, 2 * elements, elements);
  builder.elementwise(Pass::backward_input, OpClass::elementwise, 3 * elements, 2 * elements);
  builder.save(2 * elements * builder.activation_bytes());
}

}  // namespace

void add_attention_block(WorkBuilder& builder, bool windowed) {
  const ModelSpec& model = builder.model();
  const double hidden = static_cast<double>(model.hidden);
  const double bytes = builder.activation_bytes();
  const double tokens = builder.tokens();
  const double outside = builder.sharded_tokens();
  const AttentionSizes shape = grouped_query_shape(builder, windowed);
  const HeadWidths widths = head_widths(model, shape, windowed);

  builder.norm(outside, hidden);
  builder.save(outside * hidden * bytes);  // input of the norm
  builder.enter_tensor_parallel(tokens, hidden, builder.keeps_input(AdapterTarget::qkv));
  add_query_key_value(builder, widths);
  if (builder.keeps_input(AdapterTarget::qkv))
    builder.save_unless(builder.context().batch.selective.norm,
                        outside * hidden * builder.linear_input_bytes());
  if (model.rotary_positions) {
    const double rotated = tokens * (widths.query + widths.keys);
    builder.elementwise(Pass::forward, OpClass::elementwise, rotated, rotated);
    builder.elementwise(Pass::backward_input, OpClass::elementwise, rotated, rotated);
  }
  builder.save(tokens * (widths.query + widths.keys + widths.values) * bytes);
  add_attention_core(builder, shape, widths.keys + widths.values);
  builder.save(tokens * widths.query * bytes);  // output of the core
  add_gate(builder, widths.gate);
  add_output_projection(builder, shape.heads * shape.head_dim_v);
  if (builder.linear_input_bytes() < bytes && builder.keeps_input(AdapterTarget::output))
    builder.save(tokens * widths.query * builder.linear_input_bytes());  // its narrow copy
  builder.leave_tensor_parallel(tokens, hidden);
  builder.residual_add(outside, hidden);
}

}  // namespace polyfleet
