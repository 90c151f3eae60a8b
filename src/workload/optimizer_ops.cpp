#include <cmath>

#include "workload/layer_builder.hpp"

namespace polyfleet {

namespace {

Op pass_over(OpClass op_class, double read, double written) {
  Op op;
  op.op_class = op_class;
  op.dtype = Dtype::fp32;
  op.read = read * byte;
  op.written = written * byte;
  return op;
}

}  // namespace

std::vector<Op> optimizer_ops(const OptimizerShard& shard) {
  std::vector<Op> ops;
  const double n = shard.parameters;
  if (n <= 0) return ops;
  if (shard.clips_gradient_norm)
    ops.push_back(pass_over(OpClass::optimizer, n * shard.gradient_bytes, 0));
  ops.push_back(pass_over(OpClass::optimizer,
                          n * (shard.gradient_bytes + shard.state_bytes_per_parameter),
                          n * (shard.parameter_bytes + shard.state_bytes_per_parameter)));
  return ops;
}

std::vector<Op> weight_cast_ops(double parameters, const PrecisionRecipe& precision) {
  const double bytes = precision.cast_bytes_per_element;
  const bool narrows =
      bytes_per_element(precision.linear) < bytes_per_element(precision.activation);
  if (!narrows || bytes <= 0 || parameters <= 0) return {};
  return {pass_over(OpClass::cast, parameters * bytes / 2, parameters * bytes / 2)};
}

double diffusion_tokens(const DiffusionTransformer& model, double frames, double height,
                        double width) {
  const double latent_frames =
      std::floor((frames - 1) / static_cast<double>(model.vae_temporal)) + 1;
  const double patches_in_time =
      std::ceil(latent_frames / static_cast<double>(model.patch_temporal));
  const double stride = static_cast<double>(model.vae_spatial * model.patch_spatial);
  return patches_in_time * std::floor(height / stride) * std::floor(width / stride);
}

}  // namespace polyfleet
