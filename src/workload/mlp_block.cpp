#include "workload/mlp_block.hpp"

namespace polyfleet {

void add_mlp_matrices(WorkBuilder& builder, const MlpShape& shape) {
  const bool gated = shape.matrices == 3;
  const RecomputeModules& selective = builder.context().batch.selective;
  const double bytes = builder.activation_bytes();
  const double inner = shape.tokens * shape.ffn;
  LinearShape matrix{.op_class = shape.op_class,
                     .tokens = shape.tokens,
                     .in = shape.hidden,
                     .out = gated ? 2 * shape.ffn : shape.ffn,
                     .target = AdapterTarget::mlp_up,
                     .has_bias = shape.has_bias,
                     .experts = shape.experts};
  const std::size_t start = builder.forward_size();
  builder.linear(matrix);
  builder.save_unless(selective.mlp, inner * (gated ? 2 : 1) * bytes);
  const std::size_t first = builder.forward_size();
  // the busiest rank decides, for traffic as for the grouped GEMMs
  const double busiest = shape.experts > 0 ? builder.context().batch.expert_imbalance : 1;
  builder.activation(shape.tokens * busiest, shape.ffn, gated);
  if (selective.activation && !selective.mlp) builder.recompute_since(first);
  if (builder.keeps_input(AdapterTarget::mlp_down))
    builder.save_unless(selective.mlp || selective.activation,
                        inner * builder.linear_input_bytes());
  matrix.in = shape.ffn;
  matrix.out = shape.hidden;
  matrix.target = AdapterTarget::mlp_down;
  builder.linear(matrix);
  if (selective.mlp) builder.recompute_since(start);
}

void add_dense_mlp_block(WorkBuilder& builder) {
  const ModelSpec& model = builder.model();
  const RecomputeModules& selective = builder.context().batch.selective;
  const double hidden = static_cast<double>(model.hidden);
  const double outside = builder.sharded_tokens();
  const MlpShape shape{.tokens = builder.tokens(),
                       .hidden = hidden,
                       .ffn = static_cast<double>(model.ffn) / builder.tensor(),
                       .matrices = model.ffn_matrices,
                       .has_bias = model.biases};
  if (model.parallel_attention) {
    // norm, collectives and residual are the attention block's; only its output is added to
    add_mlp_matrices(builder, shape);
    builder.elementwise(Pass::forward, OpClass::elementwise, 2 * outside * hidden,
                        outside * hidden);
    builder.elementwise(Pass::backward_input, OpClass::elementwise, 2 * outside * hidden,
                        outside * hidden);
    return;
  }
  builder.norm(outside, hidden);
  builder.save(outside * hidden * builder.activation_bytes());
  builder.enter_tensor_parallel(builder.tokens(), hidden,
                                builder.keeps_input(AdapterTarget::mlp_up));
  if (builder.keeps_input(AdapterTarget::mlp_up))
    builder.save_unless(selective.norm || selective.mlp,
                        outside * hidden * builder.linear_input_bytes());
  add_mlp_matrices(builder, shape);
  builder.leave_tensor_parallel(builder.tokens(), hidden);
  builder.residual_add(outside, hidden);
}

}  // namespace polyfleet
