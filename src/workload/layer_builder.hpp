// From a model and how it is cut to the operators of ONE device for one micro-batch: each layer
// kind, the embedding, the head, one multi-token-prediction module, and the optimiser's pass.
// A device's list times the devices of a stage is the whole stage's arithmetic (kept by tests),
// except where weights are duplicated on purpose: latent down-projections without sequence
// parallel, routers, norms, and KV heads fewer than tensor ranks.
#pragma once

#include <vector>

#include "workload/build_context.hpp"
#include "workload/layer_kinds.hpp"
#include "workload/op.hpp"

namespace polyfleet {

/// One layer of the given kind: forward, backward-input and backward-weight operators and
/// collectives, saved activations and parameters of one device.
LayerWork layer_work(LayerKind kind, const BuildContext& context);

/// In front of the first layer: vocabulary-parallel lookup; patch projection (vision tower,
/// diffusion) and projector where the model has them.
LayerWork embedding_work(const BuildContext& context);

/// Behind the last layer: final norm, logits (vocabulary-parallel), cross-entropy; a diffusion
/// model's output projection and squared error. Tied weights count as parameters only where the
/// embedding lies on another stage.
LayerWork head_work(const BuildContext& context);

/// One multi-token-prediction module with its head (arXiv:2412.19437 section 2.2): two norms, a
/// projection of twice the width, one layer, the shared head.
LayerWork mtp_work(const BuildContext& context);

/// What one optimiser step moves on one device.
struct OptimizerShard {
  double parameters = 0;                  ///< parameters whose states this device updates
  double state_bytes_per_parameter = 12;  ///< read and written: FP32 master and two moments
  double gradient_bytes = 4;              ///< read
  double parameter_bytes = 2;             ///< written for the next forward
  bool clips_gradient_norm = true;        ///< one more read of the gradients
};
/// The update as memory traffic: clip, then one fused pass. Not in it: gradient zeroing and the
/// gathers of a distributed optimiser.
std::vector<Op> optimizer_ops(const OptimizerShard& shard);

/// Quantising the weights once per step for the narrow GEMMs (cached over micro-batches): none
/// without a cast in the recipe.
std::vector<Op> weight_cast_ops(double parameters, const PrecisionRecipe& precision);

/// Latent tokens of a video (or image, frames = 1) in a diffusion transformer, text not counted.
double diffusion_tokens(const DiffusionTransformer& model, double frames, double height,
                        double width);

}  // namespace polyfleet
