#include "training/plan.hpp"

namespace polyfleet {

MicroBatch micro_batch_of(const TrainingPlan& plan) {
  return {.sequences = static_cast<double>(plan.micro_batch),
          .sequence_length = static_cast<double>(plan.sequence_length),
          .mean_document = plan.mean_document,
          .fused_attention = plan.fused_attention,
          .dropout = plan.dropout,
          .fused_loss = plan.fused_loss,
          .elementwise_factor = plan.elementwise_factor,
          .main_grad_fp32 = plan.main_gradient_fp32,
          .selective = plan.recompute_modules,
          .images = plan.images_per_sequence,
          .expert_imbalance = plan.expert_imbalance};
}

PrecisionRecipe wide_recipe(const PrecisionRecipe& recipe) {
  PrecisionRecipe wide = recipe;
  wide.linear = recipe.activation;
  wide.cast_bytes_per_element = 0;
  return wide;
}

}  // namespace polyfleet
