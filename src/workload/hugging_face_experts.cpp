#include <fmt/format.h>

#include "workload/hugging_face_parts.hpp"

namespace polyfleet {

namespace {

std::int64_t shared_width(const HuggingFaceSource& json, const std::string& type,
                          MixtureOfExperts& moe) {
  if (const auto width = json.whole({"shared_expert_intermediate_size",
                                     "moe_shared_expert_intermediate_size", "share_expert_dim"});
      width && *width > 0) {
    moe.shared_experts = json.whole({"n_shared_experts", "num_shared_experts"}).value_or(1);
    return *width;
  }
  moe.shared_experts = json.whole({"n_shared_experts", "num_shared_experts"}, 1e4).value_or(0);
  if (type == "llama4" || type == "llama4_text") moe.shared_experts = 1;  // not in the file
  return moe.shared_experts * moe.expert_ffn;
}

/// Every which layer has experts.
void read_spacing(const HuggingFaceSource& json, ModelSpec& spec) {
  MixtureOfExperts& moe = spec.moe;
  moe.dense_first_layers =
      json.whole({"first_k_dense_replace", "num_dense_layers"}, 10000).value_or(0);
  const Value* frequency = json.find("moe_layer_freq");
  const auto every =
      frequency != nullptr && frequency->array() != nullptr
          ? json.whole({"decoder_sparse_step", "interleave_moe_layer_step"}, 10000)
          : json.whole({"decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_freq"},
                       10000);
  moe.every = every && *every > 0 ? *every : 1;
  if (frequency != nullptr && frequency->array() != nullptr) {
    // one entry a layer: 0 dense, 1 routed
    std::int64_t leading = 0;
    for (const Value& entry : *frequency->array()) {
      if (entry.integer() == nullptr || *entry.integer() != 0) break;
      ++leading;
    }
    moe.dense_first_layers = leading;
  }
  if (const Array* dense = json.array("mlp_only_layers"); dense != nullptr && !dense->empty()) {
    moe.dense_first_layers = static_cast<std::int64_t>(dense->size());
    spec.assumptions.push_back(fmt::format(
        "the {} dense layers of mlp_only_layers are counted as the first ones", dense->size()));
  }
}

}  // namespace

void read_experts(const HuggingFaceSource& json, const std::string& type, ModelSpec& spec) {
  const auto experts =
      json.whole({"n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts"}, 1e6);
  if (!experts || *experts <= 1) return;
  MixtureOfExperts& moe = spec.moe;
  moe.experts = *experts;
  moe.top_k = json.required({"num_experts_per_tok", "num_experts_per_token", "moe_topk",
                             "moe_top_k", "moe_k", "top_k_experts"},
                            "the experts chosen per token");
  if (const auto width = json.whole({"moe_intermediate_size", "expert_ffn_hidden_size"})) {
    moe.expert_ffn = *width;
  } else {
    moe.expert_ffn = json.required({"intermediate_size"}, "the width of an expert");
  }
  moe.shared_expert_ffn = shared_width(json, type, moe);
  moe.latent_dim = json.whole({"moe_latent_size", "routed_expert_hidden_size"}).value_or(0);
  read_spacing(json, spec);
}

}  // namespace polyfleet
