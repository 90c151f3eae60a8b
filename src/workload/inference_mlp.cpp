// Dense MLPs and routed experts in inference. Without DP attention every tensor rank holds all
// tokens: experts are split over ranks and one all-reduce puts the layer together (vLLM, SGLang
// fused_moe). With it tokens travel: to expert ranks and back (all-to-all), or, without expert
// parallelism, all ranks gather all tokens and scatter the sums (SGLang dp_attention.py).
#include "workload/inference_blocks.hpp"
#include "workload/kernel_figures.hpp"

namespace polyfleet {

namespace {

bool tokens_travel(const InferenceBuilder& builder) { return builder.layout().attention_data > 1; }
bool exchanges(const InferenceBuilder& builder) {
  return tokens_travel(builder) && builder.layout().expert > 1;
}

/// What the experts of one rank see.
struct InferenceRouting {
  double tokens;     ///< whose copies may land here
  double copies;     ///< expected, of the mean rank
  double width;      ///< of the space that experts work in
  double imbalance;  ///< busiest expert rank over the mean
};

InferenceRouting routing_of(const InferenceBuilder& builder) {
  const ModelSpec& model = builder.model();
  const double ranks = builder.layout().expert;
  return {
      .tokens = builder.all_tokens(),
      .copies = builder.all_tokens() * static_cast<double>(model.moe.top_k) / ranks,
      .width = static_cast<double>(model.moe.latent_dim > 0 ? model.moe.latent_dim : model.hidden),
      .imbalance = ranks > 1 ? builder.context().expert_imbalance : 1};
}

/// The matrices of an MLP with its activation; sizes of one rank.
struct InferenceMlp {
  OpClass op_class = OpClass::mlp;
  WeightFormat format;
  double tokens = 0, hidden = 0, ffn = 0;
  double experts = 0, imbalance = 1;
};

void add_matrices(InferenceBuilder& builder, const InferenceMlp& shape) {
  const bool gated = builder.model().ffn_matrices == 3;
  InferenceProduct product{.op_class = shape.op_class,
                           .format = shape.format,
                           .m = shape.tokens,
                           .n = (gated ? 2 : 1) * shape.ffn,
                           .k = shape.hidden,
                           .groups = shape.experts,
                           .imbalance = shape.imbalance};
  builder.product(product);
  const double inner = shape.tokens * shape.imbalance * shape.ffn;
  const double bytes = builder.activation_bytes();
  // experts: one kernel activates and quantises; else the quantisation is a kernel of its own
  const double output = shape.experts > 0 ? builder.input_bytes(shape.format) : bytes;
  builder.kernel(OpClass::activation, (gated ? 2 : 1) * inner * bytes, inner * output);
  if (shape.experts <= 0) builder.quantise(shape.format, inner);
  product.n = shape.hidden;
  product.k = shape.ffn;
  builder.product(product);
}

void add_dense_mlp(InferenceBuilder& builder, bool has_norm) {
  const ModelSpec& model = builder.model();
  const WeightFormat& format = builder.formats().mlp;
  const double hidden = static_cast<double>(model.hidden);
  if (has_norm) builder.add_norm(builder.attention_tokens(), hidden, builder.input_bytes(format));
  enter_mlp(builder, hidden);
  add_matrices(builder, {.format = format,
                         .tokens = builder.all_tokens(),
                         .hidden = hidden,
                         .ffn = static_cast<double>(model.ffn) / builder.tensor_ranks()});
  leave_mlp(builder, hidden);
}

// Scores, top-k with its softmax, and the copies sorted by expert.
void add_router(InferenceBuilder& builder) {
  const double experts = static_cast<double>(builder.model().moe.experts);
  const double tokens = builder.attention_tokens();
  const Dtype wide = builder.formats().activation;
  builder.product({.op_class = OpClass::router,
                   .format = {wide, wide},
                   .m = tokens,
                   .n = experts,
                   .k = static_cast<double>(builder.model().hidden)});
  const double chosen =
      tokens * static_cast<double>(builder.model().moe.top_k) * 2 * kRouterScoreBytes;
  builder.kernel(OpClass::router, tokens * experts * kRouterScoreBytes, chosen);
  builder.kernel(OpClass::permutation, chosen, chosen);
}

// A rank's share of the tokens, to its experts' ranks (`outward`) or back.
void exchange(InferenceBuilder& builder, const InferenceRouting& routing, bool outward) {
  if (!exchanges(builder)) return;
  const ServingLayout& cut = builder.layout();
  const double top_k = static_cast<double>(builder.model().moe.top_k);
  const double narrow = builder.formats().dispatch_narrow && outward
                            ? builder.input_bytes(builder.formats().experts)
                            : builder.activation_bytes();
  const double sent = routing.tokens / builder.tensor_ranks() * top_k * routing.width * narrow;
  builder.communicate(CommGroup::expert, CollectiveKind::all_to_all, sent, cut.expert, top_k);
  // experts split over tensor ranks: each of these gets the copies of all of them
  builder.communicate(CommGroup::tensor,
                      outward ? CollectiveKind::all_gather : CollectiveKind::reduce_scatter,
                      routing.copies * routing.width * narrow, cut.expert_tensor());
}

void add_experts(InferenceBuilder& builder, const InferenceRouting& routing) {
  const ModelSpec& model = builder.model();
  const WeightFormat& format = builder.formats().experts;
  const double copies = routing.copies * routing.imbalance;
  const double narrow = builder.input_bytes(format);
  const double bytes = builder.activation_bytes();
  exchange(builder, routing, true);
  builder.kernel(OpClass::permutation, copies * routing.width * narrow,
                 copies * routing.width * narrow);
  add_matrices(builder,
               {.op_class = OpClass::expert,
                .format = format,
                .tokens = routing.copies,
                .hidden = routing.width,
                .ffn = static_cast<double>(model.moe.expert_ffn) / builder.layout().expert_tensor(),
                .experts = static_cast<double>(model.moe.experts) / builder.layout().expert,
                .imbalance = routing.imbalance});
  // weighted sum of a token's copies, with the shared expert's output where there is one
  const double summed = exchanges(builder) ? builder.attention_tokens() : routing.tokens;
  const double shared = model.moe.shared_experts > 0 ? summed : 0;
  builder.kernel(OpClass::permutation, (copies + shared) * routing.width * bytes,
                 summed * routing.width * bytes);
  exchange(builder, routing, false);
}

// Split over all ranks that see the same tokens; where tokens travel to the experts, every
// attention group runs its own.
void add_shared_experts(InferenceBuilder& builder) {
  const ModelSpec& model = builder.model();
  if (model.moe.shared_experts <= 0) return;
  const bool own = exchanges(builder);
  const WeightFormat& format = builder.formats().shared_experts;
  const double ranks = own ? builder.attention_ranks() : builder.tensor_ranks();
  const double tokens = own ? builder.attention_tokens() : builder.all_tokens();
  const double hidden = static_cast<double>(model.hidden);
  add_matrices(builder, {.op_class = OpClass::shared_expert,
                         .format = format,
                         .tokens = tokens,
                         .hidden = hidden,
                         .ffn = static_cast<double>(model.moe.shared_expert_ffn) / ranks});
  if (own)
    builder.communicate(CommGroup::tensor, CollectiveKind::all_reduce,
                        tokens * hidden * builder.activation_bytes(), ranks);
}

// Nemotron 3: experts live in a narrower space, reached by one projection each way; every rank
// computes both (vLLM nemotron_h.py: replicated).
void add_latent_projection(InferenceBuilder& builder, bool inward) {
  const double hidden = static_cast<double>(builder.model().hidden);
  const double latent = static_cast<double>(builder.model().moe.latent_dim);
  if (latent <= 0) return;
  builder.product({.op_class = OpClass::mlp,
                   .format = builder.formats().mlp,
                   .m = builder.attention_tokens(),
                   .n = inward ? latent : hidden,
                   .k = inward ? hidden : latent});
}

void add_routed_mlp(InferenceBuilder& builder) {
  const double hidden = static_cast<double>(builder.model().hidden);
  const InferenceRouting routing = routing_of(builder);
  builder.add_norm(builder.attention_tokens(), hidden, builder.activation_bytes());
  add_router(builder);
  add_latent_projection(builder, true);
  builder.quantise(builder.formats().experts, builder.attention_tokens() * routing.width);
  if (!exchanges(builder)) enter_mlp(builder, hidden);
  add_experts(builder, routing);
  add_latent_projection(builder, false);
  add_shared_experts(builder);
  if (!exchanges(builder)) leave_mlp(builder, hidden);
}

}  // namespace

void leave_attention(InferenceBuilder& builder, LayerKind kind) {
  const bool joined = builder.model().parallel_attention && mlp_of(kind) != MlpKind::none;
  if (joined && !tokens_travel(builder)) return;
  builder.communicate(CommGroup::tensor, CollectiveKind::all_reduce,
                      builder.attention_tokens() * static_cast<double>(builder.model().hidden) *
                          builder.activation_bytes(),
                      builder.attention_ranks());
}

void enter_mlp(InferenceBuilder& builder, double width) {
  if (!tokens_travel(builder)) return;
  builder.communicate(CommGroup::tensor, CollectiveKind::all_gather,
                      builder.all_tokens() * width * builder.activation_bytes(),
                      builder.tensor_ranks());
}

void leave_mlp(InferenceBuilder& builder, double width) {
  builder.communicate(
      CommGroup::tensor,
      tokens_travel(builder) ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce,
      builder.all_tokens() * width * builder.activation_bytes(), builder.tensor_ranks());
}

void add_mlp_tokens(InferenceBuilder& builder, LayerKind kind) {
  if (mlp_of(kind) == MlpKind::routed) add_routed_mlp(builder);
  if (mlp_of(kind) == MlpKind::dense)
    add_dense_mlp(builder,
                  !builder.model().parallel_attention || mixer_of(kind) == MixerKind::none);
}

}  // namespace polyfleet
