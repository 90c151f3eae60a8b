#include "workload/model_reader.hpp"

#include <fmt/format.h>

#include <tuple>
#include <utility>

#include "base/files.hpp"
#include "base/input_files.hpp"
#include "workload/assumed_image.hpp"
#include "workload/hugging_face.hpp"
#include "workload/model_check.hpp"
#include "workload/model_fields.hpp"

namespace polyfleet {

namespace {

/// Prompt of text-to-image and -video models: FLUX.1 and Wan 512 tokens, T5-XXL and UMT5-XXL 4096
/// wide (their model cards).
constexpr std::int64_t kAssumedTextTokens = 512;
constexpr std::int64_t kAssumedTextHidden = 4096;

void assume(ModelSpec& spec, std::string what) { spec.assumptions.push_back(std::move(what)); }

void settle_kind(const ModelDocument& document, ModelSpec& spec) {
  switch (document.kind) {
    case WrittenKind::language:
      spec.kind = ModelKind::llm;
      break;
    case WrittenKind::vision_language:
      spec.kind = ModelKind::vision_language;
      break;
    case WrittenKind::image_diffusion:
    case WrittenKind::video_diffusion:
      spec.kind = ModelKind::diffusion_transformer;
      break;
  }
  spec.learned_positions = document.positions == Positions::learned;
  spec.rotary_positions = document.positions == Positions::rope;
  spec.stated_parameters = document.parameters.total;
  spec.stated_active_parameters = document.parameters.active;
  if (document.padded_vocab > 0) spec.vocab = document.padded_vocab;
  if (spec.name.empty()) spec.name = spec.id;
}

void settle_heads(const ModelDocument& document, ModelSpec& spec) {
  if (spec.kv_heads == 0) spec.kv_heads = spec.heads;
  switch (document.attention) {
    case WrittenAttention::mha:
      spec.attention = AttentionKind::multi_head;
      break;
    case WrittenAttention::gqa:
    case WrittenAttention::mqa:
      spec.attention = AttentionKind::grouped_query;
      break;
    case WrittenAttention::mla:
      spec.attention = AttentionKind::latent;
      spec.head_dim = spec.latent.qk_nope_head_dim + spec.latent.qk_rope_head_dim;
      break;
    case WrittenAttention::linear:
      spec.attention = AttentionKind::linear;
      if (document.blocks.linear + document.blocks.mamba == 0) spec.linear_layers = spec.layers;
      break;
  }
  if (spec.head_dim == 0 && spec.heads > 0 && spec.hidden % spec.heads == 0)
    spec.head_dim = spec.hidden / spec.heads;
  if (document.attention_chunk > 0) {
    spec.sliding_window = document.attention_chunk;
    assume(spec, fmt::format("attention in chunks of {} is counted as a window of that width, an "
                             "upper bound",
                             document.attention_chunk));
  }
  spec.global_kv_heads = document.global.kv_heads;
  spec.global_head_dim = document.global.head_dim;
  spec.global_keys_are_values = document.global.key_is_value;
  if (spec.full_attention_every == 0 && document.global.layers > 0)
    spec.full_attention_every = spec.layers / document.global.layers;
}

// Counts of mixers that sum to the layers: each carries its MLP. Mixers and MLPs that sum to the
// layers: one or the other in each.
void settle_blocks(const ModelDocument& document, ModelSpec& spec, const Position& where,
                   Diagnostics& out) {
  const ModelBlocks& blocks = document.blocks;
  const std::int64_t linear = blocks.linear + blocks.mamba;
  if (blocks.attention + linear + blocks.mlp + blocks.moe == 0) return;
  spec.linear_layers = linear;
  spec.attention_layers = blocks.attention;
  if (document.mamba.heads > 0)
    spec.linear = {.key_heads = document.mamba.groups,
                   .key_dim = document.mamba.state,
                   .value_heads = document.mamba.heads,
                   .value_dim = document.mamba.head_dim,
                   .conv_kernel = document.mamba.conv_kernel};
  if (blocks.attention + linear == spec.layers) return;
  if (blocks.attention + linear + blocks.mlp + blocks.moe != spec.layers)
    out.push_back(problem_at(
        where,
        fmt::format("[blocks] count {} mixers and {} MLPs, which fit no split of {} layers",
                    blocks.attention + linear, blocks.mlp + blocks.moe, spec.layers),
        "mixers alone, or mixers and MLPs together, sum to layers"));
  if (blocks.mlp > 0 && blocks.moe > 0)
    out.push_back(problem_at(where, "[blocks] has dense and routed MLPs in layers of their own",
                             "only one of mlp and moe may stand beside separate mixers"));
}

void settle_experts(ModelSpec& spec) {
  MixtureOfExperts& moe = spec.moe;
  if (moe.shared_experts > 0 && moe.shared_expert_ffn == 0)
    moe.shared_expert_ffn = moe.shared_experts * moe.expert_ffn;
}

void settle_vision(const ModelDocument& document, ModelSpec& spec) {
  if (document.vision.layers == 0) return;
  const VisionTable& table = document.vision;
  VisionEncoder tower = table;
  if (tower.tokens_per_image == 0 && tower.patch > 0) {
    std::int64_t side = table.tile > 0 ? table.tile : table.image_side;
    if (side == 0) {
      side = kAssumedImageSide;
      assume(spec, fmt::format("an image has {0} x {0} pixels (the tower takes any size)", side));
    }
    const std::int64_t merged_side = side / (tower.patch * table.spatial_merge);
    tower.merged_tokens = merged_side * merged_side * table.max_tiles;
    tower.tokens_per_image = tower.merged_tokens * table.spatial_merge * table.spatial_merge;
  }
  if (tower.merged_tokens == 0)
    tower.merged_tokens = tower.tokens_per_image / (table.spatial_merge * table.spatial_merge);
  spec.vision = tower;
}

/// [frames, height, width] or [height, width] of equal height and width.
std::pair<std::int64_t, std::int64_t> time_and_space(const std::vector<std::int64_t>& written,
                                                     std::int64_t space) {
  if (written.size() == 3) return {written[0], written[1]};
  return {1, written.empty() ? space : written.front()};
}

void settle_diffusion(const ModelDocument& document, ModelSpec& spec) {
  const DiffusionTable& table = document.diffusion;
  DiffusionTransformer dit = table;
  if (table.joint_blocks > 0) dit.double_blocks = table.joint_blocks;
  if (spec.layers == 0) spec.layers = dit.double_blocks + table.single_blocks;
  if (spec.ffn == 0)
    spec.ffn = static_cast<std::int64_t>(table.mlp_ratio * static_cast<double>(spec.hidden));
  spec.ffn_matrices = 2;
  std::tie(dit.vae_temporal, dit.vae_spatial) = time_and_space(table.vae_stride, dit.vae_spatial);
  std::tie(dit.patch_temporal, dit.patch_spatial) = time_and_space(table.patch, dit.patch_spatial);
  dit.guidance_distilled = table.forwards_per_step == 1;
  if (table.resident_experts > 1) {
    spec.stated_parameters /= static_cast<double>(table.resident_experts);
    assume(spec, fmt::format("one of {} transformers is counted; they take turns by noise level",
                             table.resident_experts));
  }
  if (dit.text_tokens == 0) {
    dit.text_tokens = kAssumedTextTokens;
    assume(spec, fmt::format("the prompt has {} tokens", dit.text_tokens));
  }
  if (dit.text_hidden == 0) {
    dit.text_hidden = kAssumedTextHidden;
    assume(spec, fmt::format("the text encoder is {} wide", dit.text_hidden));
  }
  spec.diffusion = dit;
}

void name_what_is_left_out(const ModelDocument& document, ModelSpec& spec) {
  if (document.kv_shared_layers > 0)
    assume(spec, fmt::format("{} layers share keys and values of others; each is counted with its "
                             "own",
                             document.kv_shared_layers));
  if (document.wide_mlp) assume(spec, "the doubled MLP of layers with shared keys is not counted");
  if (!document.cross_attention_layers.empty())
    assume(spec, fmt::format("{} cross-attention layers are counted as self-attention",
                             document.cross_attention_layers.size()));
  if (document.per_layer_embedding.find("per_layer_embedding") != nullptr)
    assume(spec, "per-layer embeddings are not counted");
}

Result<ModelSpec> read_json_model(const Value& document) {
  const bool is_hugging_face =
      document.find("model_type") != nullptr || document.find("architectures") != nullptr ||
      document.find("hidden_size") != nullptr || document.find("text_config") != nullptr;
  return is_hugging_face ? model_from_hugging_face(document) : read_model(document);
}

}  // namespace

Result<ModelSpec> read_model(const Value& document) {
  Diagnostics out;
  ModelDocument written;
  read_fields(document, model_fields(), written, "a model", out);
  if (!out.empty()) return out;
  ModelSpec spec = written.spec;
  settle_kind(written, spec);
  if (spec.kind == ModelKind::diffusion_transformer) settle_diffusion(written, spec);
  settle_heads(written, spec);
  settle_blocks(written, spec, document.where(), out);
  settle_experts(spec);
  settle_vision(written, spec);
  name_what_is_left_out(written, spec);
  check_model(spec, document.where(), out);
  if (!out.empty()) return out;
  note_parameters(spec);
  return spec;
}

Result<ModelSpec> load_model(const std::filesystem::path& path) {
  const bool is_folder = input_is_folder(path);
  const std::filesystem::path file = is_folder ? path / "config.json" : path;
  const Result<Value> document = read_document(file.string());
  if (!document) return document.problems();
  Result<ModelSpec> model =
      file.extension() == ".json" ? read_json_model(*document) : read_model(*document);
  if (model && model->id.empty()) {
    model->id = is_folder ? path.filename().string() : path.stem().string();
    if (model->name.empty()) model->name = model->id;
  }
  return model;
}

Result<ModelSpec> read_model_text(std::string_view text, const std::string& name) {
  const Result<Value> document = parse_json(text, name);
  if (!document) return document.problems();
  Result<ModelSpec> model = read_json_model(*document);
  if (model && model->id.empty()) {
    model->id = std::filesystem::path(name).stem().string();
    if (model->name.empty()) model->name = model->id;
  }
  return model;
}

std::string model_reference_page() { return reference_page(model_fields(), ModelDocument{}); }

}  // namespace polyfleet
