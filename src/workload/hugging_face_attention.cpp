#include <fmt/format.h>

#include <algorithm>

#include "workload/hugging_face_parts.hpp"

namespace polyfleet {

namespace {

void read_latent(const HuggingFaceSource& json, ModelSpec& spec) {
  LatentAttention& latent = spec.latent;
  latent.kv_lora_rank = json.required({"kv_lora_rank"}, "the rank of latent keys and values");
  latent.q_lora_rank = json.whole({"q_lora_rank"}).value_or(0);
  latent.qk_rope_head_dim = json.required({"qk_rope_head_dim"}, "the rotated head size");
  latent.qk_nope_head_dim = json.required({"qk_nope_head_dim"}, "the unrotated head size");
  latent.v_head_dim = json.required({"v_head_dim"}, "the value head size");
  spec.attention = AttentionKind::latent;
  spec.kv_heads = spec.heads;
  spec.head_dim = latent.qk_rope_head_dim + latent.qk_nope_head_dim;
}

std::int64_t key_value_heads(const HuggingFaceSource& json, const std::string& type,
                             std::int64_t heads) {
  if (const auto stated = json.whole({"num_key_value_heads", "num_kv_heads"})) return *stated;
  if (json.flag("multi_query_attention").value_or(false))
    return json.whole({"multi_query_group_num"}).value_or(1);
  if (json.flag("multi_query").value_or(type == "gpt_bigcode")) return 1;
  if (const Value* nested = json.table("attn_config")) {
    if (const Value* stated = nested->find("kv_n_heads"); stated != nullptr && stated->integer())
      return *stated->integer();
  }
  return heads;
}

/// Layers of each name in `layer_types`; checks the length against the layer count.
std::int64_t count_layers(const HuggingFaceSource& json, const Array& types, std::string_view name,
                          const ModelSpec& spec) {
  if (static_cast<std::int64_t>(types.size()) != spec.layers && name == "full_attention")
    json.problem(
        *json.find("layer_types"),
        fmt::format("layer_types lists {} layers, the model has {}", types.size(), spec.layers),
        "make them equal");
  return std::count_if(types.begin(), types.end(), [&](const Value& type) {
    return type.text() != nullptr && *type.text() == name;
  });
}

/// Every which layer attends fully where the family fixes it and the file does not say.
std::int64_t family_pattern(const std::string& type) {
  if (type == "gemma2" || type == "gpt_oss") return 2;
  if (type == "gemma3" || type == "gemma3_text") return 6;
  if (type == "llama4" || type == "llama4_text" || type == "cohere2") return 4;
  return 0;
}

void read_sparse(const HuggingFaceSource& json, ModelSpec& spec) {
  spec.sparse.heads = json.whole({"index_n_heads"}).value_or(0);
  spec.sparse.head_dim = json.whole({"index_head_dim"}).value_or(0);
  spec.sparse.top_k = json.whole({"index_topk"}).value_or(0);
}

/// DeepSeek-V4: query and output through low ranks, one key-value head.
void read_low_rank(const HuggingFaceSource& json, ModelSpec& spec) {
  spec.latent.q_lora_rank = json.whole({"q_lora_rank"}).value_or(0);
  spec.latent.o_lora_rank = json.whole({"o_lora_rank"}).value_or(0);
  spec.latent.o_groups = json.whole({"o_groups"}, 1e6).value_or(1);
  spec.latent.keys_are_values = spec.latent.o_lora_rank > 0;
  if (json.find("compress_ratios") != nullptr)
    spec.assumptions.push_back("compressed keys are counted as the indexer's top_k");
}

}  // namespace

void read_attention(const HuggingFaceSource& json, const std::string& type, ModelSpec& spec) {
  read_sparse(json, spec);
  if (json.find("kv_lora_rank") != nullptr) {
    read_latent(json, spec);
    return;
  }
  read_low_rank(json, spec);
  spec.kv_heads = key_value_heads(json, type, spec.heads);
  spec.attention =
      spec.kv_heads < spec.heads ? AttentionKind::grouped_query : AttentionKind::multi_head;
  if (const auto stated = json.whole({"head_dim", "kv_channels", "attention_head_dim"})) {
    spec.head_dim = *stated;
  } else if (spec.heads > 0 && spec.hidden % spec.heads == 0) {
    spec.head_dim = spec.hidden / spec.heads;
  } else if (spec.heads > 0) {
    json.problem(*json.find(json.find("num_attention_heads") ? "num_attention_heads" : "n_head"),
                 fmt::format("{} heads do not divide the width {} and no head_dim is given",
                             spec.heads, spec.hidden),
                 "add \"head_dim\": ...");
  }
  if (json.flag("attention_bias").value_or(false)) spec.biases = true;
  spec.gated_attention = json.flag("attn_output_gate").value_or(type == "qwen3_next");
  if (json.find("num_attention_heads_per_layer") != nullptr)
    spec.assumptions.push_back(
        fmt::format("heads vary by layer; every layer is counted with {}", spec.heads));
  spec.global_head_dim = json.whole({"global_head_dim"}).value_or(0);
  spec.global_kv_heads = json.whole({"num_global_key_value_heads"}).value_or(0);
  spec.global_keys_are_values = json.flag("attention_k_eq_v").value_or(false);
}

void read_window(const HuggingFaceSource& json, const std::string& type, ModelSpec& spec) {
  auto window = json.whole({"sliding_window"});
  if (!json.flag("use_sliding_window").value_or(true)) window = 0;
  if (const auto chunk = json.whole({"attention_chunk_size"})) {
    window = *chunk;
    spec.assumptions.push_back(fmt::format(
        "attention in chunks of {} is counted as a window of that width, an upper bound", *chunk));
  }
  spec.sliding_window = window.value_or(0);
  if (spec.sliding_window == 0) return;
  if (const Array* types = json.array("layer_types")) {
    const std::int64_t full = count_layers(json, *types, "full_attention", spec);
    const std::int64_t linear = count_layers(json, *types, "linear_attention", spec);
    if (full + linear >= static_cast<std::int64_t>(types->size())) {
      spec.sliding_window = 0;
    } else {
      spec.full_attention_layers = full;  // placed evenly: their number decides cost
    }
    return;
  }
  spec.full_attention_every =
      json.whole({"sliding_window_pattern", "_sliding_window_pattern"}, 10000)
          .value_or(family_pattern(type));
}

namespace {

void read_delta_rule(const HuggingFaceSource& json, ModelSpec& spec) {
  spec.linear.key_heads = json.required({"linear_num_key_heads"}, "the linear key heads");
  spec.linear.value_heads = json.required({"linear_num_value_heads"}, "the linear value heads");
  spec.linear.key_dim = json.required({"linear_key_head_dim"}, "the linear key head size");
  spec.linear.value_dim = json.required({"linear_value_head_dim"}, "the linear value head size");
  spec.linear.conv_kernel = json.whole({"linear_conv_kernel_dim"}).value_or(4);
  if (const Array* types = json.array("layer_types")) {
    (void)count_layers(json, *types, "full_attention", spec);
    spec.linear_layers = count_layers(json, *types, "linear_attention", spec);
  } else if (const auto every = json.whole({"full_attention_interval"}); every && *every > 0) {
    spec.linear_layers = spec.layers - spec.layers / *every;
  }
}

// "M" Mamba-2, "*" attention, "-" dense MLP, "E" experts: one letter a layer (Nemotron-H).
void read_pattern(const HuggingFaceSource& json, const std::string& pattern, ModelSpec& spec) {
  const auto letters = [&](char letter) {
    return static_cast<std::int64_t>(std::count(pattern.begin(), pattern.end(), letter));
  };
  if (static_cast<std::int64_t>(pattern.size()) != spec.layers)
    json.problem(*json.find("hybrid_override_pattern"),
                 fmt::format("hybrid_override_pattern has {} letters for {} layers", pattern.size(),
                             spec.layers),
                 "one letter of M, *, -, E for each layer");
  if (letters('-') > 0 && letters('E') > 0)
    json.problem(*json.find("hybrid_override_pattern"),
                 "dense and routed MLP layers in one pattern are not supported", "");
  spec.linear_layers = letters('M');
  spec.attention_layers = letters('*');
  if (letters('E') == 0) spec.moe = {};
  spec.linear.value_heads = json.required({"mamba_num_heads"}, "the Mamba heads");
  spec.linear.value_dim = json.required({"mamba_head_dim"}, "the Mamba head size");
  spec.linear.key_dim = json.required({"ssm_state_size", "mamba_state_dim"}, "the state size");
  spec.linear.key_heads = json.required({"n_groups", "mamba_num_groups"}, "the Mamba groups");
  spec.linear.conv_kernel = json.whole({"conv_kernel"}).value_or(4);
}

void read_kimi_linear(const Value& nested, ModelSpec& spec, const HuggingFaceSource& json) {
  const auto count = [&](std::string_view name) -> std::int64_t {
    const Value* value = nested.find(name);
    return value != nullptr && value->integer() != nullptr ? *value->integer() : 0;
  };
  const Value* layers = nested.find("kda_layers");
  const std::int64_t heads = count("num_heads");
  const std::int64_t dim = count("head_dim");
  if (heads <= 0 || dim <= 0 || heads > 1000000 || dim > 1000000)
    json.problem(nested, "linear_attn_config needs num_heads and head_dim", "add both");
  spec.linear = {.key_heads = heads, .key_dim = dim, .value_heads = heads, .value_dim = dim};
  if (layers != nullptr && layers->array() != nullptr)
    spec.linear_layers = static_cast<std::int64_t>(layers->array()->size());
}

}  // namespace

void read_hybrid(const HuggingFaceSource& json, ModelSpec& spec) {
  if (const auto pattern = json.text("hybrid_override_pattern")) {
    read_pattern(json, *pattern, spec);
  } else if (json.find("linear_num_value_heads") != nullptr) {
    read_delta_rule(json, spec);
  } else if (const Value* nested = json.table("linear_attn_config")) {
    read_kimi_linear(*nested, spec, json);
  }
}

}  // namespace polyfleet
