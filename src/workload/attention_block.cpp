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
  builder.communicate(Pass::forward, CommGroup::context, CommKind::all_gather, gathered);
  builder.communicate(Pass::backward_input, CommGroup::context, CommKind::all_gather, gathered);
  builder.communicate(Pass::backward_input, CommGroup::context, CommKind::reduce_scatter, gathered);
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

void add_attention_block(WorkBuilder& builder, bool windowed) {
  const ModelSpec& model = builder.model();
  const double hidden = static_cast<double>(model.hidden);
  const double bytes = builder.activation_bytes();
  const double tokens = builder.tokens();
  const double outside = builder.sharded_tokens();
  const AttentionSizes shape = grouped_query_shape(builder, windowed);
  const bool shares_values = !windowed && model.global_keys_are_values;
  const double query = shape.heads * shape.head_dim_qk;
  const double keys = shape.kv_heads * shape.head_dim_qk;
  const double values = shares_values ? 0 : shape.kv_heads * shape.head_dim_v;

  builder.norm(outside, hidden);
  builder.save(outside * hidden * bytes);  // input of the norm
  builder.enter_tensor_parallel(tokens, hidden, builder.keeps_input(AdapterTarget::qkv));
  builder.linear({.op_class = OpClass::projection,
                  .tokens = tokens,
                  .in = hidden,
                  .out = query + keys + values,
                  .target = AdapterTarget::qkv,
                  .has_bias = model.biases});
  if (builder.keeps_input(AdapterTarget::qkv))
    builder.save_unless(builder.context().batch.selective.norm,
                        outside * hidden * builder.linear_input_bytes());
  if (model.rotary_positions) {
    const double rotated = tokens * (query + keys);
    builder.elementwise(Pass::forward, OpClass::elementwise, rotated, rotated);
    builder.elementwise(Pass::backward_input, OpClass::elementwise, rotated, rotated);
  }
  builder.save(tokens * (query + keys + values) * bytes);
  add_attention_core(builder, shape, keys + values);
  builder.save(tokens * query * bytes);  // output of the core
  builder.linear({.op_class = OpClass::projection,
                  .tokens = tokens,
                  .in = shape.heads * shape.head_dim_v,
                  .out = hidden,
                  .target = AdapterTarget::output,
                  .has_bias = model.biases});
  if (builder.linear_input_bytes() < bytes && builder.keeps_input(AdapterTarget::output))
    builder.save(tokens * query * builder.linear_input_bytes());  // its narrow copy
  builder.leave_tensor_parallel(tokens, hidden);
  builder.residual_add(outside, hidden);
}

}  // namespace polyfleet
