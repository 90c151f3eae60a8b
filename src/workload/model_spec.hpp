// What a model is, as far as cost goes: shapes of every layer kind. Read from data/models, a user's
// TOML or a Hugging Face config.json (workload/hugging_face.hpp). Weights, tokenisers and quality
// are out of scope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace polyfleet {

enum class ModelKind { llm, vision_language, diffusion_transformer };
enum class AttentionKind {
  multi_head,
  grouped_query,
  latent,
  linear
};  // MHA, GQA/MQA, MLA, gated delta / Mamba-like

/// Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434).
struct LatentAttention {
  std::int64_t q_lora_rank = 0;  ///< 0: the query is projected directly
  std::int64_t kv_lora_rank = 0;
  std::int64_t qk_rope_head_dim = 0;
  std::int64_t qk_nope_head_dim = 0;
  std::int64_t v_head_dim = 0;
};

struct MixtureOfExperts {
  std::int64_t experts = 0;  ///< routed experts; 0 = dense model
  std::int64_t top_k = 0;
  std::int64_t expert_ffn = 0;
  std::int64_t shared_experts = 0;
  std::int64_t shared_expert_ffn = 0;   ///< width of all shared experts together
  std::int64_t dense_first_layers = 0;  ///< leading layers with a dense MLP
  std::int64_t every = 1;               ///< an MoE layer every n layers after the dense ones
  std::int64_t latent_dim =
      0;  ///< experts work in a projected space of this width (Nemotron 3), 0 = hidden
};

/// A vision tower in front of the language model (ViT-like), with a projector to the language
/// width.
struct VisionEncoder {
  std::int64_t layers = 0;
  std::int64_t hidden = 0;
  std::int64_t ffn = 0;
  std::int64_t heads = 0;
  std::int64_t patch = 0;
  std::int64_t tokens_per_image = 0;  ///< patches seen by the tower
  std::int64_t merged_tokens = 0;     ///< tokens handed to the language model
};

/// A diffusion transformer (DiT, arXiv:2212.09748; Wan, HunyuanVideo, FLUX): hidden and heads are
/// the ModelSpec's.
struct DiffusionTransformer {
  std::int64_t double_blocks =
      0;  ///< two-stream (MM-DiT) blocks; the rest of `layers` are single-stream
  std::int64_t text_tokens = 0;
  std::int64_t text_hidden = 0;
  bool cross_attention = false;  ///< text enters by cross attention instead of joint attention
  std::int64_t latent_channels = 0;
  std::int64_t vae_spatial = 8;   ///< pixels per latent in height and width
  std::int64_t vae_temporal = 4;  ///< frames per latent
  std::int64_t patch_spatial = 2;
  std::int64_t patch_temporal = 1;
  bool guidance_distilled =
      false;  ///< one forward a step instead of two under classifier-free guidance
};

struct ModelSpec {
  std::string id;
  std::string name;
  ModelKind kind = ModelKind::llm;
  AttentionKind attention = AttentionKind::multi_head;
  std::int64_t layers = 0;
  std::int64_t hidden = 0;
  std::int64_t ffn = 0;
  int ffn_matrices = 3;  ///< 3 with a gate (SwiGLU), 2 without (GELU, squared ReLU)
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t vocab = 0;
  std::int64_t max_context = 0;
  bool tied_embeddings = false;
  bool learned_positions = false;
  bool biases = false;              ///< projections carry a bias (GPT-2/3 style)
  std::int64_t sliding_window = 0;  ///< 0 = full attention everywhere
  std::int64_t full_attention_every =
      0;  ///< with a window: every n-th layer attends fully (0 = none does)
  std::int64_t linear_layers = 0;      ///< layers whose mixer is linear attention / Mamba (hybrids)
  std::int64_t attention_layers = -1;  ///< layers that have an attention mixer; -1 = all
  LatentAttention latent;
  MixtureOfExperts moe;
  std::int64_t mtp_layers = 0;  ///< multi-token prediction modules (DeepSeek-V3, arXiv:2412.19437)
  std::optional<VisionEncoder> vision;
  std::optional<DiffusionTransformer> diffusion;
  double stated_parameters = 0;  ///< as the vendor states, 0 = not stated
  double stated_active_parameters = 0;
  std::string source;

  bool is_moe() const { return moe.experts > 0; }
  /// Layers with routed experts.
  std::int64_t moe_layers() const;
};

}  // namespace polyfleet
