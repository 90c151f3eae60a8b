#include "workload/model_check.hpp"

#include <fmt/format.h>

#include <cmath>

#include "workload/flops.hpp"

namespace polyfleet {

namespace {

/// Stated totals are rounded; the catalogue's own check uses the same margin.
constexpr double kStatedMargin = 0.03;
/// No published model has more; a bound keeps a hostile file from costing time.
constexpr std::int64_t kMostLayers = 10000;

class Checker {
 public:
  Checker(const Position& where, Diagnostics& out) : where_(where), out_(out) {}
  void require(bool holds, std::string what, std::string fix) {
    if (!holds) out_.push_back(problem_at(where_, std::move(what), std::move(fix)));
  }

 private:
  const Position& where_;
  Diagnostics& out_;
};

void check_attention(const ModelSpec& model, Checker& check) {
  check.require(model.heads > 0, "the model has no attention heads", "add heads = ...");
  check.require(model.kv_heads > 0, "the model has no key-value heads",
                "add kv_heads = ... (equal to heads without grouping)");
  if (model.heads > 0 && model.kv_heads > 0)
    check.require(
        model.heads % model.kv_heads == 0 || model.softmax_layers() == 0,
        fmt::format("heads = {} is no multiple of kv_heads = {}", model.heads, model.kv_heads),
        "every key-value head serves the same number of query heads");
  check.require(model.head_dim > 0, "the head size is not known", "add head_dim = ...");
  if (model.attention == AttentionKind::latent) {
    const LatentAttention& latent = model.latent;
    check.require(latent.kv_lora_rank > 0 && latent.v_head_dim > 0 &&
                      latent.qk_nope_head_dim + latent.qk_rope_head_dim > 0,
                  "latent attention needs kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim and "
                  "v_head_dim",
                  "complete the table [mla]");
  }
  if (model.latent.o_lora_rank > 0)
    check.require(model.latent.o_groups > 0, "the output projection has no groups",
                  "o_groups counts them");
  if (model.linear_layers > 0)
    check.require(model.linear.value_heads > 0 && model.linear.value_dim > 0 &&
                      model.linear.key_heads > 0 && model.linear.key_dim > 0,
                  "linear layers need the shape of their mixer",
                  "complete [mamba] or [linear_attention]");
  check.require(model.linear_layers <= model.layers, "more linear layers than layers",
                "lower the count in [blocks]");
  check.require(model.attention_layers <= model.layers, "more attention layers than layers",
                "lower the count in [blocks]");
}

void check_experts(const ModelSpec& model, Checker& check) {
  const MixtureOfExperts& moe = model.moe;
  check.require(moe.top_k > 0 && moe.top_k <= moe.experts,
                fmt::format("top_k = {} does not fit {} experts", moe.top_k, moe.experts),
                "choose between 1 and all experts per token");
  check.require(moe.expert_ffn > 0, "the width of the experts is not known",
                "add expert_ffn = ...");
  check.require(moe.every > 0, "an MoE layer every 0 layers", "every = 1 means each layer");
  check.require(moe.dense_first_layers <= model.layers,
                fmt::format("dense_first_layers = {} exceeds layers = {}", moe.dense_first_layers,
                            model.layers),
                "");
  check.require(moe.shared_experts == 0 || moe.shared_expert_ffn > 0,
                "shared experts without a width", "add shared_expert_ffn = ...");
}

bool has_dense_layers(const ModelSpec& model) {
  if (model.has_single_blocks()) return !model.is_moe();
  return !model.is_moe() || model.moe.dense_first_layers > 0 || model.moe.every > 1;
}

void check_vision(const VisionEncoder& tower, Checker& check) {
  check.require(
      tower.layers > 0 && tower.hidden > 0 && tower.heads > 0 && tower.ffn > 0 && tower.patch > 0,
      "the vision tower needs layers, hidden, ffn, heads and patch", "complete the table [vision]");
  if (tower.heads > 0)
    check.require(tower.hidden % tower.heads == 0,
                  fmt::format("vision hidden = {} is no multiple of its heads = {}", tower.hidden,
                              tower.heads),
                  "");
  check.require(tower.layers <= kMostLayers, "the vision tower has too many layers", "");
}

}  // namespace

void check_model(const ModelSpec& model, const Position& where, Diagnostics& out) {
  Checker check(where, out);
  check.require(model.layers > 0 && model.layers <= kMostLayers,
                fmt::format("layers = {} is outside 1 to {}", model.layers, kMostLayers),
                "add layers = ...");
  check.require(model.hidden > 0, "the width of the model is not known", "add hidden = ...");
  check_attention(model, check);
  if (model.is_moe()) check_experts(model, check);
  if (has_dense_layers(model))
    check.require(model.ffn > 0, "the width of the dense MLP is not known", "add ffn = ...");
  check.require(model.ffn_matrices == 2 || model.ffn_matrices == 3,
                fmt::format("ffn_matrices = {} is neither 2 nor 3", model.ffn_matrices),
                "3 with a gate (SwiGLU), 2 without");
  if (model.kind != ModelKind::diffusion_transformer)
    check.require(model.vocab > 0, "the vocabulary size is not known", "add vocab = ...");
  if (model.vision) check_vision(*model.vision, check);
  if (model.diffusion)
    check.require(model.diffusion->double_blocks <= model.layers &&
                      model.diffusion->latent_channels > 0 && model.diffusion->patch_spatial > 0,
                  "the diffusion transformer needs latent_channels, patch and no more two-stream "
                  "blocks than layers",
                  "complete the table [diffusion]");
}

void note_parameters(ModelSpec& model) {
  if (model.stated_parameters <= 0) return;
  const double computed = parameter_counts(model).total;
  const double off = computed / model.stated_parameters - 1;
  if (std::abs(off) > kStatedMargin)
    model.assumptions.push_back(
        fmt::format("the shapes give {:.4g} parameters where {:.4g} are stated ({:+.1f} %)",
                    computed, model.stated_parameters, 100 * off));
}

}  // namespace polyfleet
