#include <algorithm>

#include "launch/layer_pattern.hpp"
#include "launch/megatron_reading.hpp"

namespace polyfleet {
namespace {

class ModelReader {
 public:
  explicit ModelReader(ForeignSettings& settings) : settings_(settings) {}

  std::optional<ModelSpec> run() {
    if (!settings_.is_given("num_layers") || !settings_.is_given("hidden_size")) return {};
    model_.layers = number("num_layers", 0, 1);
    model_.hidden = number("hidden_size", 0, 1);
    read_mlp();
    read_attention();
    read_embedding();
    if (settings_.is_given("num_experts")) read_experts();
    if (model_.layers == 0 || model_.hidden == 0 || model_.heads == 0) return {};
    return model_;
  }

 private:
  std::int64_t number(std::string_view concept_id, std::int64_t otherwise, std::int64_t low = 0) {
    return settings_.whole(concept_id, low).value_or(otherwise);
  }

  /// Megatron-LM's own defaults: 4 x hidden, or two thirds of it in multiples of 64 with a gate.
  void read_mlp() {
    const bool gated = settings_.is_on("swiglu") || settings_.is_on("quick_geglu");
    model_.ffn_matrices = gated ? 3 : 2;
    const std::int64_t usual = gated ? model_.hidden * 8 / 3 / 64 * 64 : 4 * model_.hidden;
    model_.ffn = number("ffn_hidden_size", usual, 1);
  }

  void read_attention() {
    model_.heads = number("num_attention_heads", 0, 1);
    const std::int64_t usual = model_.heads > 0 ? model_.hidden / model_.heads : 0;
    const bool grouped =
        settings_.is_on("group_query_attention") || settings_.is_given("num_query_groups");
    model_.kv_heads = grouped ? number("num_query_groups", 1, 1) : model_.heads;
    model_.head_dim = number("kv_channels", usual, 1);
    model_.attention =
        model_.kv_heads == model_.heads ? AttentionKind::multi_head : AttentionKind::grouped_query;
    if (settings_.is_on("multi_latent_attention")) read_latent();
    read_window();
  }

  void read_latent() {
    model_.attention = AttentionKind::latent;
    model_.kv_heads = model_.heads;
    model_.latent.q_lora_rank = number("q_lora_rank", 0);
    model_.latent.kv_lora_rank = number("kv_lora_rank", 0);
    model_.latent.qk_nope_head_dim = number("qk_head_dim", 0);
    model_.latent.qk_rope_head_dim = number("qk_pos_emb_head_dim", 0);
    model_.latent.v_head_dim = number("v_head_dim", 0);
    model_.head_dim = model_.latent.qk_nope_head_dim + model_.latent.qk_rope_head_dim;
  }

  /// "(128,0)", "128,0", [128, 0]: keys before and after.
  void read_window() {
    if (!settings_.is_given("window_size")) return;
    std::int64_t window = 0;
    for (const std::string& word : settings_.words("window_size")) {
      for (const char c : word) {
        if (c >= '0' && c <= '9' && window < 100000000)
          window = window * 10 + (c - '0');
        else if (window > 0)
          break;
      }
      if (window > 0) break;
    }
    model_.sliding_window = window;
    const std::string skip = settings_.text("window_attn_skip_freq");
    if (skip.empty()) return;
    if (const auto pattern = list_expression(skip)) {
      const auto full = std::count(pattern->begin(), pattern->end(), 0);
      if (full > 0) model_.full_attention_every = static_cast<std::int64_t>(pattern->size()) / full;
    } else {
      model_.full_attention_every = number("window_attn_skip_freq", 0);
    }
  }

  void read_embedding() {
    model_.vocab = number("padded_vocab_size", number("vocab_size", 0));
    model_.max_context = number("max_position_embeddings", number("seq_length", 0));
    model_.tied_embeddings = !settings_.is_on("untie_embeddings_and_output_weights");
    std::string positions = settings_.text("position_embedding_type");
    if (settings_.is_on("use_rotary_position_embeddings")) positions = "rope";
    model_.learned_positions = positions == "learned_absolute";
    model_.rotary_positions = positions == "rope" || positions == "mrope" || positions == "yarn";
    model_.biases = settings_.is_on("add_bias_linear");
    model_.mtp_layers = number("mtp_num_layers", 0);
  }

  void read_experts() {
    MixtureOfExperts& moe = model_.moe;
    moe.experts = number("num_experts", 0);
    moe.top_k = number("moe_router_topk", 2);
    moe.expert_ffn = number("moe_ffn_hidden_size", model_.ffn, 1);
    moe.shared_expert_ffn = number("moe_shared_expert_intermediate_size", 0);
    if (moe.shared_expert_ffn > 0)
      moe.shared_experts = std::max<std::int64_t>(1, moe.shared_expert_ffn / moe.expert_ffn);
    const std::string text = settings_.text("moe_layer_freq");
    if (text.empty()) return;
    const auto pattern = list_expression(text);
    if (!pattern) {
      moe.every = number("moe_layer_freq", 1, 1);
    } else if (!fit_pattern(*pattern)) {
      settings_.not_modelled("moe_layer_freq",
                             "no number of dense first layers and spacing makes this pattern; "
                             "taken as experts in every layer");
    }
  }

  /// The smallest spacing, then the fewest dense layers, that make the pattern.
  bool fit_pattern(const std::vector<int>& pattern) {
    const auto layers = static_cast<std::int64_t>(pattern.size());
    constexpr std::int64_t kMostLayers = 1000;
    if (layers > kMostLayers) return false;
    for (std::int64_t every = 1; every <= layers; ++every) {
      for (std::int64_t first = 0; first < layers; ++first) {
        bool fits = true;
        for (std::int64_t i = 0; i < layers && fits; ++i) {
          const std::int64_t after = i - first;
          const int wanted = after >= 0 && (after + 1) % every == 0 ? 1 : 0;
          fits = pattern[static_cast<std::size_t>(i)] == wanted;
        }
        if (!fits) continue;
        model_.moe.every = every;
        model_.moe.dense_first_layers = first;
        return true;
      }
    }
    return false;
  }

  ForeignSettings& settings_;
  ModelSpec model_;
};

}  // namespace

std::optional<ModelSpec> read_megatron_model(ForeignSettings& settings) {
  return ModelReader(settings).run();
}

}  // namespace polyfleet
