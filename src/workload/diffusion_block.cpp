#include "workload/diffusion_block.hpp"

#include "workload/mlp_block.hpp"

namespace polyfleet {

namespace {

/// Norm, MLP and residual of a stream: `tokens` inside the tensor-parallel block, `outside` around
/// it.
void add_feed_forward(WorkBuilder& builder, double tokens, double outside) {
  const double hidden = static_cast<double>(builder.model().hidden);
  builder.norm(outside, hidden);
  builder.enter_tensor_parallel(tokens, hidden);
  add_mlp_matrices(builder, {.tokens = tokens,
                             .hidden = hidden,
                             .ffn = static_cast<double>(builder.model().ffn) / builder.tensor(),
                             .matrices = builder.model().ffn_matrices,
                             .has_bias = true});
  builder.leave_tensor_parallel(tokens, hidden);
  builder.residual_add(outside, hidden);
}

/// Sinusoidal timestep features in front of the time MLP (DiT, FLUX, Wan: 256).
constexpr double kTimeFeatures = 256;

double text_tokens(const WorkBuilder& builder) {
  return builder.context().batch.sequences *
         static_cast<double>(builder.model().diffusion->text_tokens) / builder.layout().context;
}

double width(const WorkBuilder& builder) { return static_cast<double>(builder.model().hidden); }

/// Shift, scale and gate of `parts` places from the conditioning vector of each sample.
void add_modulation(WorkBuilder& builder, double parts) {
  builder.linear({.op_class = OpClass::mlp,
                  .tokens = builder.context().batch.sequences,
                  .in = width(builder),
                  .out = parts * width(builder) / builder.tensor(),
                  .has_bias = true});
}

/// Attention of `queries` over `keys` tokens of each sample (before the context split).
void add_core(WorkBuilder& builder, double queries, double keys) {
  Op core;
  core.batch = builder.context().batch.sequences;
  core.heads = core.kv_heads = static_cast<double>(builder.model().heads) / builder.tensor();
  core.head_dim_qk = core.head_dim_v = static_cast<double>(builder.model().head_dim);
  core.query_length = queries / builder.layout().context;
  core.kv_length = keys;
  builder.attention(core);
  const double context = builder.layout().context;
  if (context <= 1) return;
  const double bytes =
      core.batch * keys * 2 * width(builder) / builder.tensor() * builder.activation_bytes();
  builder.communicate(Pass::forward, CommGroup::context, CollectiveKind::all_gather, bytes);
  builder.communicate(Pass::backward_input, CommGroup::context, CollectiveKind::all_gather, bytes);
  builder.communicate(Pass::backward_input, CommGroup::context, CollectiveKind::reduce_scatter,
                      bytes);
}

void add_projection(WorkBuilder& builder, double tokens, double in, double out) {
  builder.linear(
      {.op_class = OpClass::projection, .tokens = tokens, .in = in, .out = out, .has_bias = true});
}

/// Norm of query and key, and the rotary turn, each one pass.
void add_query_key_norm(WorkBuilder& builder, double tokens) {
  const double elements = 2 * tokens * width(builder) / builder.tensor();
  for (int pass = 0; pass < 2; ++pass) {
    builder.elementwise(Pass::forward, OpClass::elementwise, elements, elements);
    builder.elementwise(Pass::backward_input, OpClass::elementwise, 2 * elements, elements);
  }
}

/// One stream of an MM-DiT block around the joint attention.
void add_stream(WorkBuilder& builder, double tokens) {
  const double hidden = width(builder);
  const double split = hidden / builder.tensor();
  const double outside = builder.layout().sequence_parallel ? tokens / builder.tensor() : tokens;
  add_modulation(builder, 6);
  builder.norm(outside, hidden);
  builder.enter_tensor_parallel(tokens, hidden);
  add_projection(builder, tokens, hidden, 3 * split);
  add_query_key_norm(builder, tokens);
  add_projection(builder, tokens, split, hidden);
  builder.leave_tensor_parallel(tokens, hidden);
  builder.residual_add(outside, hidden);
  add_feed_forward(builder, tokens, outside);
  builder.save((outside * 4 * hidden + tokens * 6 * split) * builder.activation_bytes());
}

void add_two_stream_block(WorkBuilder& builder) {
  const double text = static_cast<double>(builder.model().diffusion->text_tokens);
  const double all = builder.context().batch.sequence_length + text;
  add_stream(builder, builder.tokens());
  if (text > 0) add_stream(builder, text_tokens(builder));
  add_core(builder, all, all);
}

/// FLUX: query, key, value and the MLP's first matrix are one; so are the output and its second.
void add_joined_block(WorkBuilder& builder) {
  const double hidden = width(builder);
  const double split = hidden / builder.tensor();
  const double ffn = static_cast<double>(builder.model().ffn) / builder.tensor();
  const double tokens = builder.tokens() + text_tokens(builder);
  const double outside = builder.layout().sequence_parallel ? tokens / builder.tensor() : tokens;
  const double all = builder.context().batch.sequence_length +
                     static_cast<double>(builder.model().diffusion->text_tokens);
  add_modulation(builder, 3);
  builder.norm(outside, hidden);
  builder.enter_tensor_parallel(tokens, hidden);
  add_projection(builder, tokens, hidden, 3 * split + ffn);
  add_query_key_norm(builder, tokens);
  add_core(builder, all, all);
  builder.activation(tokens, ffn, false);
  add_projection(builder, tokens, split + ffn, hidden);
  builder.leave_tensor_parallel(tokens, hidden);
  builder.residual_add(outside, hidden);
  builder.save((outside * 2 * hidden + tokens * (6 * split + 2 * ffn)) *
               builder.activation_bytes());
}

/// Wan: self attention, cross attention to the text, MLP; modulation is a learned vector.
void add_cross_attention_block(WorkBuilder& builder) {
  const double hidden = width(builder);
  const double split = hidden / builder.tensor();
  const double tokens = builder.tokens();
  const double outside = builder.sharded_tokens();
  const double text = text_tokens(builder);
  const double all = builder.context().batch.sequence_length;
  for (const bool crosses : {false, true}) {
    builder.norm(outside, hidden);
    builder.enter_tensor_parallel(tokens, hidden);
    add_projection(builder, tokens, hidden, crosses ? split : 3 * split);
    if (crosses) add_projection(builder, text, hidden, 2 * split);
    add_query_key_norm(builder, tokens);
    add_core(builder, all,
             crosses ? static_cast<double>(builder.model().diffusion->text_tokens) : all);
    add_projection(builder, tokens, split, hidden);
    builder.leave_tensor_parallel(tokens, hidden);
    builder.residual_add(outside, hidden);
    builder.save((outside * 2 * hidden + tokens * (crosses ? 3 : 6) * split) *
                 builder.activation_bytes());
  }
  add_feed_forward(builder, tokens, outside);
  builder.save(outside * 2 * hidden * builder.activation_bytes());
  builder.parameters(6 * hidden);
}

double patch_width(const DiffusionTransformer& dit) {
  return static_cast<double>(dit.latent_channels * dit.patch_temporal * dit.patch_spatial *
                             dit.patch_spatial);
}

}  // namespace

void add_diffusion_layer(WorkBuilder& builder, bool two_streams) {
  if (two_streams) {
    add_two_stream_block(builder);
  } else if (builder.model().diffusion->cross_attention) {
    add_cross_attention_block(builder);
  } else {
    add_joined_block(builder);
  }
}

double diffusion_stream_bytes(const WorkBuilder& builder, bool two_streams) {
  const bool joined = two_streams || !builder.model().diffusion->cross_attention;
  const double tokens = builder.tokens() + (joined ? text_tokens(builder) : 0);
  const double split = builder.layout().sequence_parallel ? builder.tensor() : 1;
  return tokens / split * width(builder) * builder.activation_bytes();
}

void add_diffusion_embedding(WorkBuilder& builder) {
  const DiffusionTransformer& dit = *builder.model().diffusion;
  const double hidden = width(builder);
  LinearShape matrix{.op_class = OpClass::embedding,
                     .tokens = builder.tokens(),
                     .in = patch_width(dit),
                     .out = hidden,
                     .narrow = false,
                     .has_bias = true,
                     .input_gradient = false};
  builder.linear(matrix);
  matrix.tokens = text_tokens(builder);
  matrix.in = static_cast<double>(dit.text_hidden);
  builder.linear(matrix);
  matrix.tokens = builder.context().batch.sequences;
  matrix.in = kTimeFeatures;
  builder.linear(matrix);
  matrix.in = hidden;
  builder.linear(matrix);
  if (dit.cross_attention) {  // Wan projects time to all six modulations once
    matrix.out = 6 * hidden;
    builder.linear(matrix);
  }
  builder.save(builder.tokens() * patch_width(dit) * builder.activation_bytes());
}

void add_diffusion_head(WorkBuilder& builder) {
  const double hidden = width(builder);
  const double patch = patch_width(*builder.model().diffusion);
  const double outside = builder.sharded_tokens();
  add_modulation(builder, 2);
  builder.norm(outside, hidden);
  builder.linear({.op_class = OpClass::logits,
                  .tokens = outside,
                  .in = hidden,
                  .out = patch,
                  .narrow = false,
                  .has_bias = true});
  builder.elementwise(Pass::forward, OpClass::loss, 2 * outside * patch, 0);
  builder.elementwise(Pass::backward_input, OpClass::loss, 2 * outside * patch, outside * patch);
  builder.save(outside * (2 * hidden + patch) * builder.activation_bytes());
}

}  // namespace polyfleet
