#include "workload/hugging_face.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "workload/hugging_face_parts.hpp"
#include "workload/model_check.hpp"

namespace polyfleet {

namespace {

/// What a model_type implies where its config.json does not say (defaults of the transformers
/// library's configuration classes).
struct Family {
  std::string_view type;
  int ffn_matrices = 3;
  bool tied = false;
  bool learned = false;
  bool alibi = false;
  bool biases = false;
  bool parallel = false;
};

constexpr std::array kFamilies{
    Family{.type = "llama"},
    Family{.type = "llama4"},
    Family{.type = "llama4_text"},
    Family{.type = "mllama"},
    Family{.type = "mllama_text_model"},
    Family{.type = "mistral"},
    Family{.type = "mistral3"},
    Family{.type = "ministral"},
    Family{.type = "mixtral"},
    Family{.type = "pixtral"},
    Family{.type = "qwen2"},
    Family{.type = "qwen2_moe"},
    Family{.type = "qwen2_vl"},
    Family{.type = "qwen2_5_vl"},
    Family{.type = "qwen3"},
    Family{.type = "qwen3_moe"},
    Family{.type = "qwen3_next"},
    Family{.type = "qwen3_vl"},
    Family{.type = "qwen3_vl_text"},
    Family{.type = "qwen3_vl_moe"},
    Family{.type = "qwen3_vl_moe_text"},
    Family{.type = "qwen3_5"},
    Family{.type = "qwen3_5_moe"},
    Family{.type = "qwen3_5_moe_text"},
    Family{.type = "gemma", .tied = true},
    Family{.type = "gemma2", .tied = true},
    Family{.type = "gemma3", .tied = true},
    Family{.type = "gemma3_text", .tied = true},
    Family{.type = "gemma4", .tied = true},
    Family{.type = "gemma4_text", .tied = true},
    Family{.type = "gpt2", .ffn_matrices = 2, .tied = true, .learned = true, .biases = true},
    Family{.type = "gpt_bigcode", .ffn_matrices = 2, .tied = true, .learned = true, .biases = true},
    Family{.type = "gptj", .ffn_matrices = 2, .parallel = true},
    Family{.type = "gpt_neox", .ffn_matrices = 2, .biases = true, .parallel = true},
    Family{.type = "opt", .ffn_matrices = 2, .tied = true, .learned = true, .biases = true},
    Family{.type = "bloom", .ffn_matrices = 2, .tied = true, .alibi = true, .biases = true},
    Family{.type = "mpt", .ffn_matrices = 2, .tied = true, .learned = true},
    Family{.type = "falcon", .ffn_matrices = 2, .tied = true, .parallel = true},
    Family{.type = "phi", .ffn_matrices = 2, .biases = true, .parallel = true},
    Family{.type = "phi3"},
    Family{.type = "phimoe"},
    Family{.type = "starcoder2", .ffn_matrices = 2, .tied = true, .biases = true},
    Family{.type = "nemotron", .ffn_matrices = 2},
    Family{.type = "nemotron_h", .ffn_matrices = 2},
    Family{.type = "deepseek"},
    Family{.type = "deepseek_v2"},
    Family{.type = "deepseek_v3"},
    Family{.type = "deepseek_v32"},
    Family{.type = "deepseek_v4"},
    Family{.type = "glm4_moe_lite"},
    Family{.type = "kimi_k2"},
    Family{.type = "kimi_k25"},
    Family{.type = "kimi_linear"},
    Family{.type = "kimi_vl"},
    Family{.type = "glm"},
    Family{.type = "glm4"},
    Family{.type = "glm4_moe"},
    Family{.type = "glm4v"},
    Family{.type = "glm_moe_dsa"},
    Family{.type = "chatglm"},
    Family{.type = "gpt_oss", .biases = true},
    Family{.type = "minimax_m2"},
    Family{.type = "cohere", .tied = true, .parallel = true},
    Family{.type = "cohere2", .tied = true, .parallel = true},
    Family{.type = "olmo2"},
    Family{.type = "dbrx"},
    Family{.type = "baichuan"},
    Family{.type = "internlm2"},
    Family{.type = "llava"},
    Family{.type = "llava_next"},
    Family{.type = "internvl"},
    Family{.type = "internvl_chat"},
};

Family family_of(const std::string& type, ModelSpec& spec) {
  const auto known = std::find_if(kFamilies.begin(), kFamilies.end(),
                                  [&](const Family& family) { return family.type == type; });
  if (known != kFamilies.end()) return *known;
  spec.assumptions.push_back(
      type.empty() ? "the config names no model_type: common key names, a gated MLP, rotary "
                     "positions and separate embeddings are assumed"
                   : fmt::format("model_type \"{}\" is not known: common key names, a gated MLP, "
                                 "rotary positions and separate embeddings are assumed",
                                 type));
  return {};
}

void read_width(const HuggingFaceSource& json, ModelSpec& spec) {
  spec.layers =
      json.required({"num_hidden_layers", "n_layer", "n_layers", "num_layers"}, "the layer count");
  spec.hidden = json.required({"hidden_size", "n_embd", "d_model", "n_embed"}, "the model width");
  spec.heads =
      json.required({"num_attention_heads", "n_head", "n_heads", "num_heads"}, "the head count");
  spec.vocab = json.required({"padded_vocab_size", "vocab_size"}, "the vocabulary size");
  spec.max_context =
      json.whole({"max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "n_ctx"})
          .value_or(0);
}

void read_family(const HuggingFaceSource& json, const Family& family, ModelSpec& spec) {
  spec.ffn_matrices = family.ffn_matrices;
  spec.learned_positions = family.learned;
  spec.rotary_positions = !family.learned && !family.alibi;
  spec.biases = family.biases;
  spec.parallel_attention = family.parallel;
  spec.tied_embeddings = json.flag("tie_word_embeddings").value_or(family.tied);
  if (const auto parallel = json.flag("parallel_attn")) spec.parallel_attention = *parallel;
  if (const auto parallel = json.flag("use_parallel_residual")) spec.parallel_attention = *parallel;
  if (json.flag("alibi").value_or(false)) spec.rotary_positions = spec.learned_positions = false;
  const std::string activation = json.text("mlp_hidden_act").value_or("");
  if (activation == "relu2") spec.ffn_matrices = 2;
}

void read_dense_mlp(const HuggingFaceSource& json, ModelSpec& spec) {
  // Llama 4 names the dense width apart from the experts'
  auto ffn = json.whole({"intermediate_size_mlp"});
  if (!ffn) ffn = json.whole({"intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"});
  if (!ffn) {
    if (const auto ratio = json.number("expansion_ratio"))
      ffn = static_cast<std::int64_t>(*ratio * static_cast<double>(spec.hidden));
  }
  if (!ffn && !spec.is_moe()) {
    constexpr std::int64_t kUsualRatio = 4;  // GPT-2's n_inner = null means 4 x n_embd
    ffn = kUsualRatio * spec.hidden;
    spec.assumptions.push_back("the MLP is four times as wide as the model");
  }
  spec.ffn = ffn.value_or(0);
}

void read_prediction_modules(const HuggingFaceSource& json, ModelSpec& spec) {
  spec.mtp_layers =
      json.whole({"num_nextn_predict_layers", "num_mtp_modules", "mtp_num_hidden_layers"}, 100)
          .value_or(0);
}

void read_language_model(const Value& json, const std::string& type, ModelSpec& spec,
                         Diagnostics& out) {
  const HuggingFaceSource source(json, out);
  read_width(source, spec);
  read_family(source, family_of(type, spec), spec);
  read_experts(source, type, spec);
  read_dense_mlp(source, spec);
  read_attention(source, type, spec);
  read_hybrid(source, spec);
  read_window(source, type, spec);
  read_prediction_modules(source, spec);
}

}  // namespace

Result<ModelSpec> model_from_hugging_face(const Value& json) {
  Diagnostics out;
  if (json.table() == nullptr)
    return problem_at(json.where(),
                      fmt::format("a model configuration must be a table, not {}", json.kind()));
  const HuggingFaceSource source(json, out);
  ModelSpec spec;
  const std::string outer = source.text("model_type").value_or("");
  const Value* text = source.table("text_config");
  if (text == nullptr) text = source.table("llm_config");
  const Value& language = text != nullptr ? *text : json;
  const HuggingFaceSource inner(language, out);
  const std::string type = text != nullptr ? inner.text("model_type").value_or(outer) : outer;
  read_language_model(language, type, spec, out);
  if (text != nullptr) {
    if (const auto tied = source.flag("tie_word_embeddings")) spec.tied_embeddings = *tied;
  }
  if (const Value* tower = source.table("vision_config")) read_tower(*tower, outer, spec, out);
  spec.name = source.text("_name_or_path").value_or("");
  spec.source = json.where().file;
  if (out.empty()) check_model(spec, json.where(), out);
  if (!out.empty()) return out;
  return spec;
}

}  // namespace polyfleet
