// How one model is cut over devices, and in which number formats it runs: what the operator
// builders need to know. Order of ranks: tensor fastest, then context, expert (inside data), data,
// pipeline slowest (Megatron-Core's default).
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "catalogue/dtype.hpp"

namespace polyfleet {

struct ParallelLayout {
  int tensor = 1;
  int pipeline = 1;
  int virtual_stages = 1;
  int context = 1;
  int expert = 1;         ///< ranks over which routed experts are spread
  int expert_tensor = 1;  ///< tensor parallel inside an expert
  int data = 1;
  bool sequence_parallel = false;  ///< norms and residuals sharded over the tensor group
  int devices() const { return tensor * pipeline * context * data; }
  friend bool operator==(const ParallelLayout&, const ParallelLayout&) = default;
};

/// Which operands are narrow, and what casting costs. Named recipes are data
/// (data/frameworks/precision.toml).
struct PrecisionRecipe {
  std::string name = "bf16";
  Dtype linear = Dtype::bf16;          ///< GEMMs of the transformer layers
  Dtype attention = Dtype::bf16;       ///< attention core
  Dtype activation = Dtype::bf16;      ///< residual stream and saved activations
  Dtype head = Dtype::bf16;            ///< logits GEMM
  bool linear_backward_narrow = true;  ///< gradients' GEMMs in `linear` too
  bool weight_gradient_narrow = true;  ///< false: of those, only the input gradient (AQT int8)
  double cast_bytes_per_element = 0;   ///< traffic to quantise and transpose one operand element
  bool dispatch_narrow = false;        ///< tokens travel to their experts in `linear` (DeepSeek-V3)
  int first_layers_wide = 0;           ///< leading and trailing layers kept in `activation` format
  int last_layers_wide = 0;
};

/// LoRA (arXiv:2106.09685): which projections carry adapters; the base model is frozen.
struct LoraSettings {
  int rank = 0;  ///< 0 = full training
  bool qkv = true, output = true, mlp_up = false, mlp_down = false;
};

/// What selective recompute runs again (Megatron-Core's recompute_modules); the core attention is
/// the choice of Korthikanti et al. 2022.
struct RecomputeModules {
  bool core_attention = true;
  bool latent_up = false;   ///< MLA up-projections of query, key and value
  bool norm = false;        ///< norm outputs
  bool activation = false;  ///< output of the MLP's or the experts' activation function
  bool mlp = false;         ///< the whole MLP, dense or routed
  friend auto operator<=>(const RecomputeModules&, const RecomputeModules&) = default;
};

/// Everything that fixes the operators of one micro-batch on one device.
struct MicroBatch {
  double sequences = 1;  ///< per data-parallel replica
  double sequence_length = 0;
  double mean_document = 0;  ///< packed sequences: mean attended length; 0 = the whole sequence
  bool fused_attention =
      true;  ///< flash-style; false = scores written to memory, softmax and dropout as traffic
  bool dropout = false;
  bool fused_loss = false;  ///< cross-entropy fused with the logits or in one pass
  double elementwise_factor =
      1;  ///< eager stacks run norms and activations unfused (x2), compiled ones less
  bool main_grad_fp32 = true;   ///< wgrad accumulates into FP32
  RecomputeModules selective;   ///< what "selective recompute" means for this run
  double images = 0;            ///< vision-language: images per sequence
  double expert_imbalance = 1;  ///< busiest expert rank over the mean; 1 = force-balanced
};

}  // namespace polyfleet
