#include "training/layer_works.hpp"

namespace polyfleet {

WorkKey work_key(const TrainingPlan& plan) {
  const ParallelLayout& layout = plan.layout;
  return {.tensor = layout.tensor,
          .context = layout.context,
          .expert = layout.expert,
          .expert_tensor = layout.expert_tensor,
          .sequence_parallel = layout.sequence_parallel,
          .pipelined = layout.pipeline > 1,
          .micro_batch = plan.micro_batch,
          .modules =
              plan.recompute == Recompute::selective ? plan.recompute_modules : RecomputeModules{}};
}

LayerWorks::LayerWorks(const ModelSpec& model, const TrainingPlan& plan)
    : model_(model), plan_(plan), wide_(wide_recipe(plan.precision)), batch_(micro_batch_of(plan)) {
  batch_.selective = work_key(plan).modules;  // plans of one key must not differ in works
}

const LayerWork& LayerWorks::layer(LayerKind kind, bool wide) {
  std::optional<LayerWork>& slot = (wide ? wide_layers_ : layers_)[static_cast<std::size_t>(kind)];
  if (!slot) slot = layer_work(kind, context(wide ? wide_ : plan_.precision));
  return *slot;
}

const LayerWork& LayerWorks::embedding() {
  if (!embedding_) embedding_ = embedding_work(context(plan_.precision));
  return *embedding_;
}

const LayerWork& LayerWorks::head() {
  if (!head_) head_ = head_work(context(plan_.precision));
  return *head_;
}

const LayerWork& LayerWorks::mtp() {
  if (!mtp_) mtp_ = mtp_work(context(plan_.precision));
  return *mtp_;
}

}  // namespace polyfleet
