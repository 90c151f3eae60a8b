#include "workload/kernel_figures.hpp"
#include "workload/mlp_block.hpp"

namespace polyfleet {

namespace {

/// Kernels of scoring, top-k, load-balancing loss and token counts when run one by one.
constexpr double kRouterLaunches = 4;

/// Token counts of one device. `routed`: tokens that this rank routes; `copies`: token copies that
/// its local experts multiply (each expert split over expert_tensor ranks).
struct Routing {
  double routed, sent, copies, width;
};

Routing routing_of(const WorkBuilder& builder) {
  const MixtureOfExperts& moe = builder.model().moe;
  const double routed = builder.tokens() / builder.tensor();
  const double sent = routed * static_cast<double>(moe.top_k);
  const std::int64_t width = moe.latent_dim > 0 ? moe.latent_dim : builder.model().hidden;
  return {.routed = routed,
          .sent = sent,
          .copies = sent * builder.layout().expert_tensor,
          .width = static_cast<double>(width)};
}

void add_router(WorkBuilder& builder) {
  const double experts = static_cast<double>(builder.model().moe.experts);
  const double outside = builder.sharded_tokens();
  builder.linear({.op_class = OpClass::router,
                  .tokens = outside,
                  .in = static_cast<double>(builder.model().hidden),
                  .out = experts,
                  .narrow = false});
  const double scores = outside * experts * kRouterScoreBytes;
  builder.traffic(Pass::forward, OpClass::router, 2 * scores, scores, kRouterLaunches);
  builder.traffic(Pass::backward_input, OpClass::router, 2 * scores, scores, kRouterLaunches);
  builder.save(scores);
}

// Gather by expert before the exchange and scatter back with the router's weights after it; with
// several local experts the received copies are sorted once more on each side.
void add_permutation(WorkBuilder& builder, const Routing& routing) {
  const double bytes = builder.activation_bytes() * routing.width;
  const MixtureOfExperts& moe = builder.model().moe;
  const ParallelLayout& cut = builder.layout();
  const bool sorts = cut.expert > 1 && moe.experts > cut.expert;
  const double sorted = sorts ? routing.copies * bytes : 0;
  for (const Pass pass : {Pass::forward, Pass::backward_input}) {
    builder.traffic(pass, OpClass::permutation, routing.routed * bytes + sorted,
                    routing.sent * bytes + sorted, sorts ? 2 : 1);
    builder.traffic(pass, OpClass::permutation, routing.sent * bytes + sorted,
                    routing.routed * bytes + sorted, sorts ? 2 : 1);
  }
}

void exchange(WorkBuilder& builder, const Routing& routing) {
  const ParallelLayout& cut = builder.layout();
  const double wide = routing.sent * routing.width * builder.activation_bytes();
  const PrecisionRecipe& recipe = builder.context().precision;
  const double narrow =
      recipe.dispatch_narrow ? routing.sent * routing.width * builder.linear_input_bytes() : wide;
  if (cut.expert > 1) {
    const double top_k = static_cast<double>(builder.model().moe.top_k);
    // dispatch and combine; backward runs them in reverse, always wide
    builder.communicate(Pass::forward, CommGroup::expert, CollectiveKind::all_to_all, narrow,
                        top_k);
    builder.communicate(Pass::forward, CommGroup::expert, CollectiveKind::all_to_all, wide, top_k);
    builder.communicate(Pass::backward_input, CommGroup::expert, CollectiveKind::all_to_all, wide,
                        top_k);
    builder.communicate(Pass::backward_input, CommGroup::expert, CollectiveKind::all_to_all, wide,
                        top_k);
  }
  if (cut.expert_tensor > 1) {
    const double gathered = routing.copies * routing.width * builder.activation_bytes();
    for (const Pass pass : {Pass::forward, Pass::backward_input}) {
      builder.communicate(pass, CommGroup::tensor, CollectiveKind::all_gather, gathered);
      builder.communicate(pass, CommGroup::tensor, CollectiveKind::reduce_scatter, gathered);
    }
  } else if (cut.tensor > 1 && !cut.sequence_parallel) {
    // every rank held all tokens and routed its share: the shares are put together again
    const double whole =
        builder.tokens() * static_cast<double>(builder.model().hidden) * builder.activation_bytes();
    builder.communicate(Pass::forward, CommGroup::tensor, CollectiveKind::all_gather, whole);
    builder.communicate(Pass::backward_input, CommGroup::tensor, CollectiveKind::all_gather, whole);
  }
}

void add_routed_experts(WorkBuilder& builder, const Routing& routing) {
  const ModelSpec& model = builder.model();
  const MixtureOfExperts& moe = model.moe;
  const RecomputeModules& selective = builder.context().batch.selective;
  add_permutation(builder, routing);
  exchange(builder, routing);
  if (builder.keeps_input(AdapterTarget::mlp_up))
    builder.save_unless(selective.mlp,
                        routing.copies * routing.width * builder.linear_input_bytes());
  add_mlp_matrices(builder,
                   {.op_class = OpClass::expert,
                    .tokens = routing.copies,
                    .hidden = routing.width,
                    .ffn = static_cast<double>(moe.expert_ffn) / builder.layout().expert_tensor,
                    .matrices = model.ffn_matrices,
                    .experts = static_cast<double>(moe.experts) / builder.layout().expert,
                    .has_bias = model.biases});
}

// Nemotron 3: experts live in a narrower space, reached by one projection each way.
void add_latent_projections(WorkBuilder& builder) {
  const double hidden = static_cast<double>(builder.model().hidden);
  const double latent = static_cast<double>(builder.model().moe.latent_dim);
  if (latent <= 0) return;
  const double outside = builder.sharded_tokens();
  builder.linear({.op_class = OpClass::mlp, .tokens = outside, .in = hidden, .out = latent});
  builder.linear({.op_class = OpClass::mlp, .tokens = outside, .in = latent, .out = hidden});
  builder.save(2 * outside * latent * builder.linear_input_bytes());
}

void add_shared_experts(WorkBuilder& builder) {
  const ModelSpec& model = builder.model();
  if (model.moe.shared_experts <= 0) return;
  const double hidden = static_cast<double>(model.hidden);
  builder.enter_tensor_parallel(builder.tokens(), hidden,
                                builder.keeps_input(AdapterTarget::mlp_up));
  add_mlp_matrices(builder,
                   {.op_class = OpClass::shared_expert,
                    .tokens = builder.tokens(),
                    .hidden = hidden,
                    .ffn = static_cast<double>(model.moe.shared_expert_ffn) / builder.tensor(),
                    .matrices = model.ffn_matrices});
  builder.leave_tensor_parallel(builder.tokens(), hidden);
}

}  // namespace

void add_routed_mlp_block(WorkBuilder& builder) {
  const RecomputeModules& selective = builder.context().batch.selective;
  const double hidden = static_cast<double>(builder.model().hidden);
  const double outside = builder.sharded_tokens();
  builder.norm(outside, hidden);
  builder.save(outside * hidden * builder.activation_bytes());
  // the norm's output feeds the router and the shared experts, in the stream's own format
  builder.save_unless(selective.norm || selective.mlp,
                      outside * hidden * builder.activation_bytes());
  add_router(builder);
  add_latent_projections(builder);
  add_routed_experts(builder, routing_of(builder));
  add_shared_experts(builder);
  builder.residual_add(outside, hidden);
}

}  // namespace polyfleet
