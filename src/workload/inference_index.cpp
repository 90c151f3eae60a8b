// The lightning indexer of DeepSeek-V3.2 (technical report section 2.1): small FP8 heads score
// every key, the best top_k are attended. Every tensor rank computes all of it.
#include "workload/inference_blocks.hpp"

namespace polyfleet {

namespace {

/// Scores come in FP32.
constexpr double kIndexScoreBytes = 4;
/// Rotary turn and quantisation of queries, norm and turn of keys, their cache write (vLLM 0.11
/// deepseek_v2.py, class Indexer).
constexpr double kIndexLaunches = 3;

Op score_operator(const InferenceBuilder& builder) {
  const SparseIndex& sparse = builder.model().sparse;
  Op op;
  op.dtype = Dtype::fp8;
  op.heads = static_cast<double>(sparse.heads);
  op.kv_heads = 1;
  op.head_dim_qk = static_cast<double>(sparse.head_dim);
  op.head_dim_v = 0;  // scores only
  op.causal = true;
  op.keys_are_values = true;
  return op;
}

void add_selection(InferenceBuilder& builder, double rows, double keys) {
  const double scores = rows * keys * kIndexScoreBytes;
  builder.kernel(OpClass::attention, scores, scores);
}

}  // namespace

void add_index_tokens(InferenceBuilder& builder) {
  const ModelSpec& model = builder.model();
  const double heads = static_cast<double>(model.sparse.heads);
  const double dim = static_cast<double>(model.sparse.head_dim);
  const double hidden = static_cast<double>(model.hidden);
  const double rank = static_cast<double>(model.latent.q_lora_rank);
  const double tokens = builder.attention_tokens();
  InferenceProduct product{.op_class = OpClass::projection,
                           .format = builder.formats().attention_projections,
                           .m = tokens,
                           .n = heads * dim,
                           .k = rank > 0 ? rank : hidden};
  builder.product(product);
  product.n = dim + heads;
  product.k = hidden;
  builder.product(product);
  const double moved = tokens * (heads + 1) * dim;
  builder.kernel(OpClass::elementwise, moved * builder.activation_bytes(), moved, kIndexLaunches);
}

void add_index_scores(InferenceBuilder& builder, const DecodeBatch& batch) {
  Op op = score_operator(builder);
  op.batch = batch.sequences;
  op.query_length = batch.queries;
  op.kv_length = batch.length;
  op.decode = true;
  builder.attention(op);
  add_selection(builder, batch.sequences * batch.queries, batch.length);
}

void add_index_prefill(InferenceBuilder& builder, const PrefillChunk& chunk) {
  const double ranks = builder.layout().context;
  Op op = score_operator(builder);
  op.batch = 1;
  op.query_length = chunk.query;
  op.kv_length = chunk.query + chunk.prior;
  op.count = 1 / ranks;
  builder.attention(op);
  add_selection(builder, chunk.query / ranks, chunk.prior + chunk.query / 2);
}

}  // namespace polyfleet
