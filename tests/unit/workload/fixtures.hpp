// Small models and layouts that hand calculation can follow.
#pragma once

#include "workload/layer_builder.hpp"

namespace polyfleet::fixture {

/// GPT-3-like: h = 64, 4 heads of 16, ffn 256, no gate.
inline ModelSpec gpt() {
  ModelSpec model;
  model.id = "gpt";
  model.layers = 2;
  model.hidden = 64;
  model.ffn = 256;
  model.ffn_matrices = 2;
  model.heads = model.kv_heads = 4;
  model.head_dim = 16;
  model.vocab = 1024;
  model.max_context = 128;
  model.learned_positions = true;
  model.rotary_positions = false;
  model.tied_embeddings = true;
  return model;
}

/// Llama-like: h = 64, 8 heads and 2 KV heads of 8, ffn 192 with a gate.
inline ModelSpec llama() {
  ModelSpec model;
  model.id = "llama";
  model.layers = 4;
  model.hidden = 64;
  model.ffn = 192;
  model.heads = 8;
  model.kv_heads = 2;
  model.head_dim = 8;
  model.vocab = 512;
  model.attention = AttentionKind::grouped_query;
  return model;
}

inline ModelSpec mixture() {
  ModelSpec model = llama();
  model.moe = {.experts = 8,
               .top_k = 2,
               .expert_ffn = 48,
               .shared_experts = 1,
               .shared_expert_ffn = 48,
               .dense_first_layers = 1};
  return model;
}

/// Multi-head latent attention with compressed query.
inline ModelSpec latent() {
  ModelSpec model = mixture();
  model.attention = AttentionKind::latent;
  model.kv_heads = model.heads;
  model.latent = {.q_lora_rank = 24,
                  .kv_lora_rank = 16,
                  .qk_rope_head_dim = 4,
                  .qk_nope_head_dim = 8,
                  .v_head_dim = 8};
  model.head_dim = 12;
  return model;
}

/// Everything a BuildContext refers to.
struct LayerSetting {
  ModelSpec model;
  ParallelLayout layout;
  PrecisionRecipe precision;
  MicroBatch batch;
  LoraSettings lora;
  explicit LayerSetting(ModelSpec spec) : model(std::move(spec)) {
    batch.sequences = 2;
    batch.sequence_length = 32;
  }
  BuildContext context() const { return {model, layout, precision, batch, lora}; }
  LayerWork layer(LayerKind kind) const { return layer_work(kind, context()); }
};

inline double gemm_flops(const LayerWork& work, Pass pass) {
  double sum = 0;
  for (const Op& op : work.ops[static_cast<std::size_t>(pass)]) {
    if (op.kind == OpKind::gemm || op.kind == OpKind::grouped_gemm) sum += op.flops() / flop;
  }
  return sum;
}

inline double flops_of(const LayerWork& work, Pass pass, OpClass op_class) {
  double sum = 0;
  for (const Op& op : work.ops[static_cast<std::size_t>(pass)]) {
    if (op.op_class == op_class) sum += op.flops() / flop;
  }
  return sum;
}

inline double traffic_of(const LayerWork& work, Pass pass, OpClass op_class) {
  double sum = 0;
  for (const Op& op : work.ops[static_cast<std::size_t>(pass)]) {
    if (op.op_class == op_class) sum += op.traffic() / byte;
  }
  return sum;
}

inline double payload(const LayerWork& work, Pass pass, CommGroup group, CollectiveKind kind) {
  double sum = 0;
  for (const Comm& comm : work.comms[static_cast<std::size_t>(pass)]) {
    if (comm.group == group && comm.kind == kind) sum += comm.count * (comm.payload / byte);
  }
  return sum;
}

}  // namespace polyfleet::fixture
