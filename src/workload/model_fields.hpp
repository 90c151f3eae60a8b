// The keys of a model file and what they mean, as one field table. A ModelDocument is the file as
// written; model_reader.cpp turns it into a ModelSpec.
#pragma once

#include "config/fields.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

struct ModelBlocks {
  std::int64_t attention = 0, linear = 0, mamba = 0, mlp = 0, moe = 0;
};

struct MambaShape {
  std::int64_t heads = 0, head_dim = 0, state = 0, groups = 0, conv_kernel = 4;
};

struct GlobalAttention {
  std::int64_t layers = 0, kv_heads = 0, head_dim = 0;
  bool key_is_value = false;
};

struct StatedParameters {
  double total = 0, active = 0, computed_total = 0, computed_active = 0;
};

/// [vision] as written.
struct VisionTable : VisionEncoder {
  std::int64_t spatial_merge = 1, temporal_patch = 1, tile = 0, max_tiles = 1, image_side = 0;
  Value left_out;
};

/// [diffusion] as written.
struct DiffusionTable : DiffusionTransformer {
  std::int64_t single_blocks = 0, joint_blocks = 0;
  double mlp_ratio = 0;
  std::int64_t forwards_per_step = 2, resident_experts = 1;
  std::vector<std::int64_t> vae_stride, patch;
  Value left_out;
};

enum class Positions { rope, learned, alibi };
enum class WrittenAttention { mha, gqa, mqa, mla, linear };
enum class WrittenKind { language, vision_language, image_diffusion, video_diffusion };

struct ModelDocument {
  ModelSpec spec;
  WrittenKind kind = WrittenKind::language;
  WrittenAttention attention = WrittenAttention::mha;
  Positions positions = Positions::rope;
  std::int64_t attention_chunk = 0, padded_vocab = 0, kv_shared_layers = 0;
  bool wide_mlp = false;
  std::vector<std::int64_t> cross_attention_layers;
  ModelBlocks blocks;
  MambaShape mamba;
  GlobalAttention global;
  StatedParameters parameters;
  VisionTable vision;
  DiffusionTable diffusion;
  Value per_layer_embedding;  ///< named among the assumptions
  Value left_out;             ///< keys without effect on cost (aliases, notes)
};

/// One table for the whole file, nested tables included.
const FieldTable<ModelDocument>& model_fields();

}  // namespace polyfleet
