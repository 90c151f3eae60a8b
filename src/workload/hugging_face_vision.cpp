#include <fmt/format.h>

#include "workload/assumed_image.hpp"
#include "workload/hugging_face_parts.hpp"

namespace polyfleet {

namespace {

/// Patches merged per side, in the ways that families write it.
std::int64_t merged_side(const HuggingFaceSource& json) {
  if (const auto merge = json.whole({"spatial_merge_size"}, 64); merge && *merge > 0) return *merge;
  if (const auto ratio = json.number("pixel_shuffle_ratio"); ratio && *ratio > 0 && *ratio <= 1)
    return static_cast<std::int64_t>(1 / *ratio);
  const Value* kernel = json.find("merge_kernel_size");
  if (kernel != nullptr && kernel->array() != nullptr && !kernel->array()->empty()) {
    const std::int64_t* side = kernel->array()->front().integer();
    if (side != nullptr && *side > 0 && *side <= 64) return *side;
  }
  return 1;
}

void read_tokens(const HuggingFaceSource& json, VisionEncoder& tower, ModelSpec& spec) {
  const std::int64_t merged = merged_side(json);
  auto side = json.whole({"image_size"}, 1e6);
  if (!side || *side == 0) {
    side = kAssumedImageSide;
    spec.assumptions.push_back(
        fmt::format("an image has {0} x {0} pixels (the tower takes any size)", *side));
  }
  if (tower.patch <= 0) return;
  const std::int64_t across = *side / (tower.patch * merged);
  tower.merged_tokens = across * across;
  tower.tokens_per_image = tower.merged_tokens * merged * merged;
}

}  // namespace

void read_tower(const Value& value, const std::string& type, ModelSpec& spec, Diagnostics& out) {
  const HuggingFaceSource json(value, out);
  VisionEncoder tower;
  tower.layers = json.required({"depth", "num_hidden_layers", "layers", "vt_num_hidden_layers"},
                               "the tower's layers");
  // Qwen2-VL calls the tower's own width embed_dim and uses hidden_size for the projected one
  const auto own = json.whole({"embed_dim"});
  tower.hidden =
      own ? *own : json.required({"hidden_size", "width", "vt_hidden_size"}, "the tower's width");
  tower.heads = json.required({"num_heads", "num_attention_heads", "vt_num_attention_heads"},
                              "the tower's heads");
  tower.patch = json.required({"patch_size", "spatial_patch_size"}, "the patch size");
  if (const auto ffn = json.whole({"intermediate_size", "vt_intermediate_size"})) {
    tower.ffn = *ffn;
  } else {
    constexpr double kUsualRatio = 4;  // ViT (arXiv:2010.11929)
    tower.ffn = static_cast<std::int64_t>(json.number("mlp_ratio").value_or(kUsualRatio) *
                                          static_cast<double>(tower.hidden));
  }
  const bool gated = type == "qwen2_5_vl" || type == "pixtral" || type == "mistral3";
  tower.ffn_matrices = gated ? 3 : 2;
  read_tokens(json, tower, spec);
  spec.kind = ModelKind::vision_language;
  spec.vision = tower;
}

}  // namespace polyfleet
