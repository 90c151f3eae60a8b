// The MLP half of a layer: dense (with or without a gate) or routed experts with shared ones.
// Experts: tokens are permuted, exchanged over the expert group, multiplied in grouped GEMMs and
// brought back; capacity is unlimited (dropless) and imbalance is a factor on the busiest rank.
#pragma once

#include "workload/work_builder.hpp"

namespace polyfleet {

void add_dense_mlp_block(WorkBuilder& builder);
void add_routed_mlp_block(WorkBuilder& builder);

/// The two or three matrices and the activation of an MLP of width `ffn` (this device's share).
struct MlpShape {
  OpClass op_class = OpClass::mlp;
  double tokens = 0;
  double hidden = 0;
  double ffn = 0;
  int matrices = 3;
  double experts = 0;  ///< > 0: grouped
  bool has_bias = false;
};
void add_mlp_matrices(WorkBuilder& builder, const MlpShape& shape);

}  // namespace polyfleet
