#include "workload/inference_ends.hpp"

namespace polyfleet {

namespace {

/// Sampling reads logits as FP32: one kernel widens, one takes the maximum or draws (vLLM 0.11
/// v1/sample/sampler.py without penalties and log-probabilities).
constexpr double kLogitBytes = 4;

double hidden_of(const InferenceBuilder& builder) {
  return static_cast<double>(builder.model().hidden);
}

}  // namespace

void add_lookup(InferenceBuilder& builder) {
  const double moved = builder.attention_tokens() * hidden_of(builder) * builder.activation_bytes();
  builder.kernel(OpClass::embedding, moved, moved);
  if (builder.model().learned_positions) builder.kernel(OpClass::embedding, 2 * moved, moved);
  builder.communicate(CommGroup::tensor, CollectiveKind::all_reduce, moved,
                      builder.attention_ranks());
}

void add_hand_over(InferenceBuilder& builder) {
  const double stages = builder.layout().pipeline;
  if (stages <= 1) return;
  const double moved =
      2 * builder.attention_tokens() * hidden_of(builder) * builder.activation_bytes();
  builder.set_layers(stages - 1);
  builder.communicate(CommGroup::pipeline, CollectiveKind::send_recv,
                      moved / builder.attention_ranks(), 2);
  builder.communicate(CommGroup::tensor, CollectiveKind::all_gather, moved,
                      builder.attention_ranks());
  builder.set_layers(1);
}

void add_head(InferenceBuilder& builder, double sampled) {
  const double hidden = hidden_of(builder);
  const double bytes = builder.activation_bytes();
  const double vocab = static_cast<double>(builder.model().vocab);
  const double own = sampled / builder.layout().attention_data;
  builder.add_norm(builder.attention_tokens(), hidden, bytes);
  if (sampled <= 0) return;  // a chunk that does not end its prompt
  if (builder.layout().attention_data > 1)
    builder.communicate(CommGroup::tensor, CollectiveKind::all_gather, sampled * hidden * bytes,
                        builder.tensor_ranks());
  builder.product({.op_class = OpClass::logits,
                   .format = builder.formats().head,
                   .m = sampled,
                   .n = vocab / builder.tensor_ranks(),
                   .k = hidden});
  builder.communicate(CommGroup::tensor, CollectiveKind::all_gather, sampled * vocab * bytes,
                      builder.tensor_ranks());
  builder.kernel(OpClass::logits, own * vocab * bytes, own * vocab * kLogitBytes);
  builder.kernel(OpClass::logits, own * vocab * kLogitBytes, own * kLogitBytes);
}

LayerKind draft_kind(const ModelSpec& model) {
  return model.is_moe() ? LayerKind::moe : LayerKind::dense;
}

void add_draft_layer(InferenceBuilder& builder) {
  const double hidden = hidden_of(builder);
  const double bytes = builder.activation_bytes();
  const Dtype wide = builder.formats().activation;
  const double tokens = builder.attention_tokens();
  builder.norm(tokens, hidden, bytes);
  builder.norm(tokens, hidden, bytes);
  builder.product({.op_class = OpClass::projection,
                   .format = {wide, wide},
                   .m = tokens,
                   .n = hidden,
                   .k = 2 * hidden});
  add_mixer_tokens(builder, draft_kind(builder.model()));
  add_mlp_tokens(builder, draft_kind(builder.model()));
}

}  // namespace polyfleet
