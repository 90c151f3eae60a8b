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
  // beside grouped-query heads (DeepSeek-V4): q_lora_rank and these
  std::int64_t o_lora_rank = 0;  ///< rank of the output projection of one group, 0 = direct
  std::int64_t o_groups = 1;
  bool keys_are_values = false;  ///< one projection serves as key and value
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

/// Mixer of linear attention: Mamba-2 (arXiv:2405.21060) and gated delta rule (arXiv:2412.06464)
/// share these shapes. Mamba-2: key_heads = groups, key_dim = state, value_heads = heads.
struct LinearMixer {
  std::int64_t key_heads = 0;
  std::int64_t key_dim = 0;
  std::int64_t value_heads = 0;
  std::int64_t value_dim = 0;
  std::int64_t conv_kernel = 4;
};

/// Sparse attention by an indexer (DeepSeek-V3.2): every query attends to its top_k keys.
struct SparseIndex {
  std::int64_t heads = 0;  ///< 0 = none
  std::int64_t head_dim = 0;
  std::int64_t top_k = 0;
};

/// A vision tower in front of the language model (ViT-like), with a projector to the language
/// width.
struct VisionEncoder {
  std::int64_t layers = 0;
  std::int64_t hidden = 0;
  std::int64_t ffn = 0;
  int ffn_matrices = 2;
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
  bool rotary_positions = true;     ///< query and key are turned (RoPE); false with ALiBi
  bool parallel_attention = false;  ///< attention and MLP read the same input (GPT-J, Falcon)
  bool biases = false;              ///< projections carry a bias (GPT-2/3 style)
  std::int64_t sliding_window = 0;  ///< 0 = full attention everywhere
  std::int64_t full_attention_every =
      0;  ///< with a window: every n-th layer attends fully (0 = none does)
  std::int64_t full_attention_layers =
      -1;                              ///< with a window: number of full layers where their
                                       ///< spacing is uneven (they are spread), -1 = by spacing
  bool gated_attention = false;        ///< the output is gated by a projection as wide as the query
  std::int64_t linear_layers = 0;      ///< layers whose mixer is linear attention / Mamba (hybrids)
  std::int64_t attention_layers = -1;  ///< layers that have an attention mixer; -1 = all
  std::int64_t global_kv_heads = 0;    ///< with a window: KV heads of the full layers (0 = same)
  std::int64_t global_head_dim = 0;    ///< with a window: head size of the full layers (0 = same)
  bool global_keys_are_values = false;  ///< full layers project keys only (Gemma 4)
  LatentAttention latent;
  LinearMixer linear;
  SparseIndex sparse;
  MixtureOfExperts moe;
  std::int64_t mtp_layers = 0;  ///< multi-token prediction modules (DeepSeek-V3, arXiv:2412.19437)
  std::optional<VisionEncoder> vision;
  std::optional<DiffusionTransformer> diffusion;
  double stated_parameters = 0;  ///< as the vendor states, 0 = not stated
  double stated_active_parameters = 0;
  std::string source;
  std::vector<std::string> assumptions;  ///< what the reader had to assume or leaves out

  bool is_moe() const { return moe.experts > 0; }
  /// True where a layer holds one mixer OR one MLP (Nemotron-H: M-, *- and E-blocks), which is so
  /// when attention_layers + linear_layers < layers.
  bool has_single_blocks() const {
    return attention_layers >= 0 && attention_layers + linear_layers < layers;
  }
  /// Layers with an attention mixer.
  std::int64_t softmax_layers() const {
    return attention_layers >= 0 ? attention_layers : layers - linear_layers;
  }
  /// Layers with routed experts.
  std::int64_t moe_layers() const;
};

}  // namespace polyfleet
