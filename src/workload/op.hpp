// The operators one device executes. Each knows its shape; FLOPs and bytes follow from the shape
// (workload/op.cpp), time from cost/. The same list gives time, energy and memory, so the three
// cannot disagree.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "catalogue/dtype.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// What an operator does, for the breakdown of time and energy.
enum class OpClass {
  projection,  ///< attention projections (QKV, output, latent down/up)
  attention,   ///< scores, softmax, values (fused or not)
  mlp,         ///< dense MLP GEMMs
  expert,      ///< routed expert GEMMs
  shared_expert,
  router,
  permutation,  ///< MoE dispatch/combine traffic on the device
  norm,
  activation,   ///< SwiGLU, GELU
  elementwise,  ///< residual add, dropout, rotary embedding, bias
  cast,         ///< quantisation, transposition, scales
  embedding,
  logits,
  loss,                   ///< cross-entropy
  linear_mixer,           ///< Mamba / gated delta state update
  adapter,                ///< LoRA
  gradient_accumulation,  ///< wgrad added to FP32 main gradients
  optimizer,
};
inline constexpr std::size_t kOpClassCount = 18;
std::string_view name_of(OpClass op_class);

enum class OpKind { gemm, grouped_gemm, attention, traffic };

/// C[m,n] = A[m,k] B[k,n], `count` times one after another.
/// grouped_gemm: m = routed token copies over all local experts, groups = local experts; the weight
/// gradient keeps m = token copies too (the same three matrices move and the FLOPs are equal).
/// A batch of independent products in one launch (latent attention's absorbed products) is a
/// grouped_gemm whose class is not `expert`: every group then has m / groups rows.
/// attention: shape in the attention fields. traffic: only bytes.
struct Op {
  OpKind kind = OpKind::traffic;
  OpClass op_class = OpClass::elementwise;
  Dtype dtype = Dtype::bf16;
  double count = 1;
  // gemm, grouped_gemm
  double m = 0, n = 0, k = 0;
  double groups = 1;
  double imbalance = 1;  ///< busiest rank's tokens over the mean
  // attention
  double batch = 0, heads = 0, kv_heads = 0, head_dim_qk = 0, head_dim_v = 0;
  double query_length = 0, kv_length = 0, window = 0;
  bool causal = false, backward = false, decode = false, fused = true;
  bool balanced = false;  ///< causal under context parallel (zigzag): the query rows are an even
                          ///< sample of the kv_length rows, not the last ones
  // traffic
  Bytes read, written;
  double launches = 1;
  // inference
  std::optional<Dtype> stored;  ///< format in memory of the weights (attention: of keys and values)
                                ///< where it is not `dtype`, which multiplies
  bool keys_are_values = false;  ///< attention on a latent cache: values are part of the keys, read
                                 ///< once

  /// Multiply-adds counted twice. Causal attention counts the triangle that runs (with its
  /// diagonal), not the square.
  Flops flops() const;
  /// Bytes through device memory if every operand is read and written once.
  Bytes traffic() const;
};

/// Collectives stand beside operators in the list, at the place where they run.
enum class CommGroup { tensor, context, expert, data, expert_data, pipeline };
enum class CollectiveKind {
  all_reduce,
  reduce_scatter,
  all_gather,
  all_to_all,
  broadcast,
  send_recv
};
struct Comm {
  CommGroup group = CommGroup::tensor;
  CollectiveKind kind = CollectiveKind::all_reduce;
  Bytes payload;  ///< full logical buffer per rank (all_gather: gathered size; reduce_scatter:
                  ///< input size)
  double count = 1;
  double copies =
      1;  ///< expert dispatch: destinations of one token (top_k), for dispatchers that merge them
  int ranks = 0;  ///< members of the group; 0 = as the training layout says
};

enum class Pass { forward, backward_input, backward_weight };
inline constexpr std::size_t kPassCount = 3;

/// What one kind of layer (or the embedding, or the head) costs one device for one micro-batch.
struct LayerWork {
  std::array<std::vector<Op>, kPassCount> ops;  ///< indexed by Pass
  std::array<std::vector<Comm>, kPassCount> comms;
  Bytes saved_activations;  ///< kept from forward for backward, no recompute
  Bytes saved_selective;    ///< with selective recompute of the attention core (Korthikanti et al.
                            ///< 2022)
  Bytes saved_full;         ///< with full recompute: the layer's input
  std::vector<Op> recomputed_selective;  ///< forward operators run again under selective recompute
  double parameters = 0;  ///< on this device, dense part (reduced over data x context parallel)
  double expert_parameters =
      0;  ///< on this device, routed experts (reduced over expert-data parallel)
  double frozen_parameters = 0;  ///< LoRA: held but not trained (counted in neither of the above)
};

}  // namespace polyfleet
