#include "workload/vision_block.hpp"

#include "workload/mlp_block.hpp"

namespace polyfleet {

namespace {

constexpr double kColours = 3;

double images_of(const BuildContext& context) {
  return context.batch.sequences * context.batch.images;
}

void add_vision_attention(WorkBuilder& builder, double tokens) {
  const VisionEncoder& tower = *builder.model().vision;
  const double hidden = static_cast<double>(tower.hidden);
  const double split = hidden / builder.tensor();
  const double bytes = builder.activation_bytes();
  builder.norm(tokens, hidden);
  builder.linear({.op_class = OpClass::projection,
                  .tokens = tokens,
                  .in = hidden,
                  .out = 3 * split,
                  .has_bias = true});
  Op core;
  core.batch = images_of(builder.context());
  core.heads = core.kv_heads = static_cast<double>(tower.heads) / builder.tensor();
  core.head_dim_qk = core.head_dim_v = hidden / static_cast<double>(tower.heads);
  core.query_length = core.kv_length = static_cast<double>(tower.tokens_per_image);
  builder.attention(core);
  builder.linear({.op_class = OpClass::projection,
                  .tokens = tokens,
                  .in = split,
                  .out = hidden,
                  .has_bias = true});
  builder.save(tokens * (2 * hidden + 4 * split) * bytes);
}

}  // namespace

double vision_tokens(const BuildContext& context) {
  return images_of(context) * static_cast<double>(context.model.vision->tokens_per_image);
}

void add_vision_layer(WorkBuilder& builder) {
  const VisionEncoder& tower = *builder.model().vision;
  const double hidden = static_cast<double>(tower.hidden);
  const double tokens = vision_tokens(builder.context());
  add_vision_attention(builder, tokens);
  builder.residual_add(tokens, hidden);
  builder.norm(tokens, hidden);
  builder.save(tokens * 2 * hidden * builder.activation_bytes());
  add_mlp_matrices(builder, {.tokens = tokens,
                             .hidden = hidden,
                             .ffn = static_cast<double>(tower.ffn) / builder.tensor(),
                             .matrices = tower.ffn_matrices,
                             .has_bias = true});
  builder.residual_add(tokens, hidden);
  if (builder.layout().tensor > 1) {
    const double bytes = tokens * hidden * builder.activation_bytes();
    for (const Pass pass : {Pass::forward, Pass::backward_input}) {
      builder.communicate(pass, CommGroup::tensor, CollectiveKind::all_reduce, bytes);
      builder.communicate(pass, CommGroup::tensor, CollectiveKind::all_reduce, bytes);
    }
  }
}

// Projector: merged patches side by side, two matrices to the language width (LLaVA, Qwen-VL).
void add_vision_embedding(WorkBuilder& builder) {
  const VisionEncoder& tower = *builder.model().vision;
  const double hidden = static_cast<double>(tower.hidden);
  const double tokens = vision_tokens(builder.context());
  const double merged = images_of(builder.context()) * static_cast<double>(tower.merged_tokens);
  builder.linear({.op_class = OpClass::embedding,
                  .tokens = tokens,
                  .in = kColours * static_cast<double>(tower.patch * tower.patch),
                  .out = hidden,
                  .has_bias = true,
                  .input_gradient = false});
  const double ratio = tower.merged_tokens > 0 ? static_cast<double>(tower.tokens_per_image) /
                                                     static_cast<double>(tower.merged_tokens)
                                               : 1;
  const double joined = hidden * ratio;
  builder.linear(
      {.op_class = OpClass::mlp, .tokens = merged, .in = joined, .out = joined, .has_bias = true});
  builder.activation(merged, joined, false);
  builder.linear({.op_class = OpClass::mlp,
                  .tokens = merged,
                  .in = joined,
                  .out = static_cast<double>(builder.model().hidden),
                  .has_bias = true});
  builder.save((tokens * hidden + 3 * merged * joined) * builder.activation_bytes());
}

}  // namespace polyfleet
