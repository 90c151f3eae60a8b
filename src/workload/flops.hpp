// FLOPs of one training step under every definition that published figures use, by name, and
// parameter counts. Sources differ by up to 2x on the same run, so a utilisation is meaningless
// without the name of its FLOPs (docs/decisions/0002-workload-flops.md).
// All are sums over the operator lists of layer_builder.hpp on one device; closed forms are tests.
#pragma once

#include <array>
#include <string_view>

#include "units/quantity.hpp"
#include "workload/layout.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

enum class FlopDefinition {
  hardware,              ///< everything multiplied: masked triangle, flash backward, recompute
  model_full_attention,  ///< both passes, the whole score square (Megatron-LM, NeMo 24.x)
  model_causal,          ///< both passes, scores that the mask keeps (Megatron-Bridge)
  six_nd_total,          ///< 6 x all parameters x tokens
  six_nd_active,         ///< 6 x parameters a token meets x tokens
  palm,                  ///< 6N + 12 L heads head_dim s per token, N without input embedding
                         ///< (arXiv:2204.02311 appendix B; torchtitan, nanoGPT)
  llm_foundry,           ///< 6N + 12 L h s per token, N all parameters (llm-foundry MFU table)
  chinchilla,            ///< the first with lookups and softmax (arXiv:2203.15556 appendix F)
};
inline constexpr std::size_t kFlopDefinitionCount = 8;
std::string_view name_of(FlopDefinition definition);

struct FlopCounts {
  std::array<Flops, kFlopDefinitionCount> by_definition{};
  Flops operator[](FlopDefinition definition) const {
    return by_definition[static_cast<std::size_t>(definition)];
  }
};

/// What of the forward pass runs twice.
enum class RecomputedPart { nothing, attention_core, everything };

/// A step of `batch.sequences` sequences over the whole system; LoRA trains adapters only.
struct StepWorkload {
  MicroBatch batch;
  LoraSettings lora;
  RecomputedPart recomputed = RecomputedPart::nothing;
};

FlopCounts flop_counts(const ModelSpec& model, const StepWorkload& step);

/// Weights of a model as one device would hold them, norms and biases included, MTP modules apart.
struct ParameterCounts {
  double total = 0;
  double active = 0;     ///< met by one token: top_k of the routed experts
  double embedding = 0;  ///< input embedding (and learned positions), part of `total`
  double head = 0;       ///< output projection unless tied
  double expert = 0;     ///< routed experts, part of `total`
  double mtp = 0;        ///< all MTP modules without shared embedding and head, not in `total`
};
ParameterCounts parameter_counts(const ModelSpec& model);

}  // namespace polyfleet
