#include <fmt/format.h>

#include <algorithm>

#include "launch/layer_pattern.hpp"
#include "launch/megatron_settings.hpp"

namespace polyfleet {
namespace {

/// Parts of a model without an argument of their own.
void name_other_parts(const ModelSpec& model, PlanSettings& into) {
  constexpr const char* kNone =
      "Megatron-Core has no argument for it: a layer specification of "
      "one's own is needed";
  const auto name = [&](bool has, const char* part, std::string value) {
    if (has) into.leave_out_other(fmt::format("model.{}", part), std::move(value), kNone);
  };
  const auto count = [](std::int64_t n) { return fmt::format("{}", n); };
  name(model.kind == ModelKind::vision_language, "vision", "a vision tower");
  name(model.kind == ModelKind::diffusion_transformer, "diffusion", "a diffusion transformer");
  name(model.linear_layers > 0, "linear_layers", count(model.linear_layers));
  name(model.has_single_blocks(), "blocks", "mixers and MLPs in layers of their own");
  name(model.sparse.heads > 0, "sparse", fmt::format("top {} keys", model.sparse.top_k));
  name(model.parallel_attention, "parallel_attention", "true");
  name(model.gated_attention, "gated_attention", "true");
  name(model.full_attention_layers >= 0, "full_attention_layers",
       count(model.full_attention_layers));
  name(model.global_head_dim > 0 || model.global_kv_heads > 0, "global_attention",
       fmt::format("{} heads of {}", model.global_kv_heads, model.global_head_dim));
  name(model.latent.o_lora_rank > 0, "latent.o_lora_rank", count(model.latent.o_lora_rank));
  name(model.latent.keys_are_values, "latent.keys_are_values", "true");
  name(model.moe.latent_dim > 0, "moe.latent_dim", count(model.moe.latent_dim));
}

void put_attention(const ModelSpec& model, PlanSettings& into) {
  into.put("num_attention_heads", model.heads);
  if (model.attention == AttentionKind::latent) {
    into.put("multi_latent_attention", true);
    if (model.latent.q_lora_rank > 0) into.put("q_lora_rank", model.latent.q_lora_rank);
    into.put("kv_lora_rank", model.latent.kv_lora_rank);
    into.put("qk_head_dim", model.latent.qk_nope_head_dim);
    into.put("qk_pos_emb_head_dim", model.latent.qk_rope_head_dim);
    into.put("v_head_dim", model.latent.v_head_dim);
  } else {
    into.put("kv_channels", model.head_dim);
    if (model.kv_heads != model.heads) {
      into.put("group_query_attention", true);
      into.put("num_query_groups", model.kv_heads);
    }
  }
  if (model.sliding_window > 0) {
    into.put("window_size", fmt::format("({},0)", model.sliding_window));
    if (model.full_attention_every > 0)
      into.put("window_attn_skip_freq", model.full_attention_every);
  }
}

void put_experts(const ModelSpec& model, PlanSettings& into) {
  const MixtureOfExperts& moe = model.moe;
  if (!model.is_moe()) return;
  into.put("num_experts", moe.experts);
  into.put("moe_router_topk", moe.top_k);
  into.put("moe_ffn_hidden_size", moe.expert_ffn);
  if (moe.shared_expert_ffn > 0)
    into.put("moe_shared_expert_intermediate_size", moe.shared_expert_ffn);
  if (moe.dense_first_layers == 0 && moe.every == 1) return;
  std::vector<int> pattern;
  for (std::int64_t layer = 0; layer < model.layers; ++layer) {
    const std::int64_t after = layer - moe.dense_first_layers;
    pattern.push_back(after >= 0 && (after + 1) % moe.every == 0 ? 1 : 0);
  }
  into.put("moe_layer_freq", list_expression_of(pattern));
}

}  // namespace

void put_megatron_model(const ModelSpec& model, PlanSettings& into) {
  into.put("num_layers", model.layers);
  into.put("hidden_size", model.hidden);
  into.put("ffn_hidden_size", model.ffn);
  put_attention(model, into);
  into.put("swiglu", model.ffn_matrices == 3);
  into.put("normalization", model.biases ? "LayerNorm" : "RMSNorm");
  into.put("position_embedding_type", model.learned_positions  ? "learned_absolute"
                                      : model.rotary_positions ? "rope"
                                                               : "none");
  into.put("max_position_embeddings", std::max(model.max_context, into.plan().sequence_length));
  into.put("untie_embeddings_and_output_weights", !model.tied_embeddings);
  into.put("add_bias_linear", model.biases);
  into.put("vocab_size", model.vocab);
  if (model.mtp_layers > 0) into.put("mtp_num_layers", model.mtp_layers);
  put_experts(model, into);
  name_other_parts(model, into);
}

}  // namespace polyfleet
