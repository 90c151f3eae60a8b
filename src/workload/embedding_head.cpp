#include "workload/attention_block.hpp"
#include "workload/diffusion_block.hpp"
#include "workload/layer_builder.hpp"
#include "workload/mlp_block.hpp"
#include "workload/vision_block.hpp"

namespace polyfleet {

namespace {

constexpr double kTokenIdBytes = 8;  // int64
constexpr double kFp32Bytes = 4;
/// Bytes per logit of the vocabulary-parallel cross-entropy run op by op in FP32 (Megatron-Core
/// cross_entropy.py): forward copies to FP32 (2+4), max (4), subtract (8), exponent (8), sum (4),
/// divide (8); backward scale in place (8), back to BF16 (4+2).
constexpr double kEagerLossForward = 38;
constexpr double kEagerLossBackward = 14;
/// One kernel with an online softmax that leaves the gradient in place of the logits (Transformer
/// Engine cross_entropy.py): two reads and a write, then one read and write to scale.
constexpr double kFusedLossForward = 6;
constexpr double kFusedLossBackward = 4;
/// Weight gradient of a lookup: a dense BF16 gradient is zeroed and scattered into (2), then read
/// (2) and added to the main gradient (FP32: 8, BF16: 4) (PyTorch embedding backward, Megatron
/// DDP).
constexpr double kLookupGradient = 4;

double vocabulary(const WorkBuilder& builder) {
  return static_cast<double>(builder.model().vocab) / builder.tensor();
}

void add_lookup_gradient(WorkBuilder& builder, double weights) {
  const double added = builder.context().batch.main_grad_fp32 ? 8 : 4;
  builder.traffic(Pass::backward_weight, OpClass::gradient_accumulation,
                  weights * (kLookupGradient + added) / 2, weights * (kLookupGradient + added) / 2,
                  2);
}

void add_lookup(WorkBuilder& builder, bool holds_parameters) {
  const ModelSpec& model = builder.model();
  const double hidden = static_cast<double>(model.hidden);
  const double elements = builder.tokens() * hidden;
  builder.elementwise(Pass::forward, OpClass::embedding, elements, elements);
  builder.leave_tensor_parallel(builder.tokens(), hidden);
  double weights = vocabulary(builder) * hidden;
  if (model.learned_positions) {
    builder.elementwise(Pass::forward, OpClass::embedding, 2 * elements, elements);
    weights += static_cast<double>(model.max_context) * hidden;
  }
  if (holds_parameters) builder.parameters(weights);
  builder.save(builder.tokens() * kTokenIdBytes);
  if (builder.context().batch.dropout) {
    const double outside = builder.sharded_tokens() * hidden;
    const double mask = 1 / builder.activation_bytes();
    builder.elementwise(Pass::forward, OpClass::elementwise, outside, (1 + mask) * outside);
    builder.elementwise(Pass::backward_input, OpClass::elementwise, (1 + mask) * outside, outside);
    builder.save(outside);
  }
  if (!builder.is_frozen()) {
    builder.elementwise(Pass::backward_weight, OpClass::embedding, elements, elements);
    add_lookup_gradient(builder, weights);
  }
}

void add_cross_entropy(WorkBuilder& builder) {
  const double logits = builder.tokens() * vocabulary(builder);
  const bool fused = builder.context().batch.fused_loss;
  const double forward = logits * (fused ? kFusedLossForward : kEagerLossForward);
  const double backward = logits * (fused ? kFusedLossBackward : kEagerLossBackward);
  const double launches = fused ? 2 : 7;
  builder.traffic(Pass::forward, OpClass::loss, forward * 0.6, forward * 0.4, launches);
  builder.traffic(Pass::backward_input, OpClass::loss, backward * 0.5, backward * 0.5,
                  fused ? 1 : 3);
  if (builder.layout().tensor > 1) {
    // maximum, target logit and sum of exponents of every token
    for (int i = 0; i < 3; ++i)
      builder.communicate(Pass::forward, CommGroup::tensor, CollectiveKind::all_reduce,
                          builder.tokens() * kFp32Bytes);
  }
  builder.save(logits * (fused ? builder.activation_bytes() : kFp32Bytes));
}

void add_logits(WorkBuilder& builder, bool holds_parameters) {
  const double hidden = static_cast<double>(builder.model().hidden);
  const double outside = builder.sharded_tokens();
  const double bytes = builder.activation_bytes();
  builder.norm(outside, hidden);
  builder.enter_tensor_parallel(builder.tokens(), hidden, !builder.is_frozen());
  builder.linear({.op_class = OpClass::logits,
                  .tokens = builder.tokens(),
                  .in = hidden,
                  .out = vocabulary(builder),
                  .is_head = true,
                  .holds_parameters = holds_parameters});
  builder.save(outside * hidden * bytes * (builder.is_frozen() ? 1 : 2));
  add_cross_entropy(builder);
}

/// The column-parallel projection of a prediction module is put together again on every rank
/// (Megatron-Core multi_token_prediction.py).
void gather_joined(WorkBuilder& builder, double hidden) {
  if (builder.layout().tensor <= 1) return;
  const double bytes = builder.tokens() * hidden * builder.activation_bytes();
  builder.communicate(Pass::forward, CommGroup::tensor, CollectiveKind::all_gather, bytes);
  if (builder.layout().sequence_parallel)
    builder.communicate(Pass::backward_input, CommGroup::tensor, CollectiveKind::all_gather, bytes);
}

bool head_holds_parameters(const BuildContext& context) {
  return !context.model.tied_embeddings || context.layout.pipeline > 1;
}

}  // namespace

LayerWork embedding_work(const BuildContext& context) {
  WorkBuilder builder(context);
  if (context.model.diffusion) {
    add_diffusion_embedding(builder);
    return builder.finish(0);
  }
  add_lookup(builder, true);
  if (context.model.vision && context.model.vision->layers > 0) add_vision_embedding(builder);
  return builder.finish(builder.tokens() * kTokenIdBytes);
}

LayerWork head_work(const BuildContext& context) {
  WorkBuilder builder(context);
  const double stream = builder.sharded_tokens() * static_cast<double>(context.model.hidden) *
                        builder.activation_bytes();
  if (context.model.diffusion) {
    add_diffusion_head(builder);
  } else {
    add_logits(builder, head_holds_parameters(context));
  }
  return builder.finish(stream);
}

LayerWork mtp_work(const BuildContext& context) {
  WorkBuilder builder(context);
  const ModelSpec& model = context.model;
  const double hidden = static_cast<double>(model.hidden);
  const double outside = builder.sharded_tokens();
  const double bytes = builder.activation_bytes();
  add_lookup(builder, context.layout.pipeline > 1);  // the first stage holds the other copy
  builder.norm(outside, hidden);
  builder.norm(outside, hidden);
  builder.enter_tensor_parallel(builder.tokens(), 2 * hidden);
  builder.linear({.op_class = OpClass::projection,
                  .tokens = builder.tokens(),
                  .in = 2 * hidden,
                  .out = hidden / builder.tensor()});
  gather_joined(builder, hidden);
  builder.save(outside * 4 * hidden * bytes);
  if (model.attention == AttentionKind::latent) {
    add_latent_attention_block(builder);
  } else {
    add_attention_block(builder, false);
  }
  if (model.is_moe()) {
    add_routed_mlp_block(builder);
  } else {
    add_dense_mlp_block(builder);
  }
  add_logits(builder, false);
  return builder.finish(outside * 2 * hidden * bytes);
}

}  // namespace polyfleet
