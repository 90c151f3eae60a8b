// How one replica of an inference engine is cut over accelerators, and in which number formats it
// runs: what the operator builders of inference need to know.
#pragma once

#include <string>

#include "catalogue/dtype.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// Degrees as engines name them: TP x PP accelerators; experts over `expert` of the tensor ranks
/// (the rest splits each expert); attention in `attention_data` groups of ranks, each with its own
/// sequences and whole attention weights (DP attention); prefill context parallel on top.
struct ServingLayout {
  int tensor = 1;
  int pipeline = 1;
  int expert = 1;          ///< divides tensor
  int attention_data = 1;  ///< divides tensor
  int context = 1;         ///< splits the tokens of a prefill
  int accelerators() const { return tensor * pipeline * context; }
  int attention_tensor() const { return tensor / attention_data; }
  int expert_tensor() const { return tensor / expert; }
  friend bool operator==(const ServingLayout&, const ServingLayout&) = default;
};

/// A matrix's format in memory and the format its product runs in (weight-only quantisation
/// multiplies wider than it stores: w4a16).
struct WeightFormat {
  Dtype stored = Dtype::bf16;
  Dtype multiplied = Dtype::bf16;
  friend bool operator==(const WeightFormat&, const WeightFormat&) = default;
};

/// Number formats of a checkpoint and of the engine's cache. Named sets are data
/// (data/engines/formats.toml).
struct InferenceFormats {
  std::string name = "bf16";
  WeightFormat attention_projections, mlp, experts, shared_experts, head;
  Dtype activation = Dtype::bf16;  ///< residual stream, norms, all-reduces
  Dtype cache = Dtype::bf16;       ///< keys and values in memory
  Dtype attention = Dtype::bf16;   ///< arithmetic of the attention core
  bool dispatch_narrow = false;    ///< tokens travel to their experts in the experts' format
};

/// References only: lives as long as the call that made it.
struct InferenceContext {
  const ModelSpec& model;
  const ServingLayout& layout;
  const InferenceFormats& formats;
  double expert_imbalance = 1;  ///< busiest expert rank over the mean
};

}  // namespace polyfleet
