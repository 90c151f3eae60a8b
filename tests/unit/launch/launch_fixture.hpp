// Shared by the launch tests: the shipped tables, a job around a plan, random models and valid
// plans, and a plan read back from an import.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "launch/launch.hpp"
#include "launch/plan_settings.hpp"
#include "training/plan_check.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {

inline const ToolTables& shipped_tables() {
  static const Result<ToolTables> tables = ToolTables::load(POLYFLEET_SOURCE_DIR "/data");
  if (!tables) MESSAGE(to_text(tables.problems()));
  REQUIRE(tables.has_value());
  return *tables;
}

inline bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline ModelSpec dense_model() {
  ModelSpec model;
  model.id = model.name = "llama3.1-70b";
  model.attention = AttentionKind::grouped_query;
  model.layers = 80;
  model.hidden = 8192;
  model.ffn = 28672;
  model.heads = 64;
  model.kv_heads = 8;
  model.head_dim = 128;
  model.vocab = 128256;
  model.max_context = 131072;
  return model;
}

inline ModelSpec latent_model() {
  ModelSpec model = dense_model();
  model.id = model.name = "deepseek-v3";
  model.attention = AttentionKind::latent;
  model.layers = 61;
  model.hidden = 7168;
  model.ffn = 18432;
  model.heads = model.kv_heads = 128;
  model.head_dim = 192;
  model.latent = {.q_lora_rank = 1536,
                  .kv_lora_rank = 512,
                  .qk_rope_head_dim = 64,
                  .qk_nope_head_dim = 128,
                  .v_head_dim = 128};
  model.moe = {.experts = 256,
               .top_k = 8,
               .expert_ffn = 2048,
               .shared_experts = 1,
               .shared_expert_ffn = 2048,
               .dense_first_layers = 3};
  model.mtp_layers = 1;
  return model;
}

inline ModelSpec gpt_model() {
  ModelSpec model = dense_model();
  model.id = model.name = "gpt3-175b";
  model.attention = AttentionKind::multi_head;
  model.layers = 96;
  model.hidden = 12288;
  model.ffn = 49152;
  model.ffn_matrices = 2;
  model.heads = model.kv_heads = 96;
  model.learned_positions = true;
  model.rotary_positions = false;
  model.tied_embeddings = true;
  model.biases = true;
  model.vocab = 51200;
  return model;
}

inline ModelSpec windowed_model() {
  ModelSpec model = dense_model();
  model.id = model.name = "gpt-oss-120b";
  model.layers = 36;
  model.sliding_window = 128;
  model.full_attention_every = 2;
  model.moe = {.experts = 128, .top_k = 4, .expert_ffn = 2880, .every = 2};
  return model;
}

inline LaunchJob job_of(const ModelSpec& model, const TrainingPlan& plan,
                        const std::string& framework = "megatron_core") {
  LaunchPool pool;
  pool.name = "h100";
  pool.vendor = "NVIDIA";
  pool.accelerator = "nv_h100_sxm";
  pool.system = "hgx_h100";
  pool.devices = plan.layout.devices();
  while (pool.devices > pool.devices_per_node && pool.devices % pool.devices_per_node != 0)
    --pool.devices_per_node;
  pool.plan = plan;
  return {"", model, model.id, framework, {pool}};
}

/// Draws that are the same on every machine (std::uniform_int_distribution is not).
class Draws {
 public:
  explicit Draws(std::uint32_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(n)); }
  bool coin() { return below(2) == 0; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return *(values.begin() + below(static_cast<int>(values.size())));
  }

 private:
  std::mt19937 engine_;
};

inline ModelSpec random_model(Draws& draws) {
  switch (draws.below(4)) {
    case 0:
      return dense_model();
    case 1:
      return latent_model();
    case 2:
      return gpt_model();
    default:
      return windowed_model();
  }
}

inline void random_details(Draws& draws, const ModelSpec& model, TrainingPlan& plan) {
  plan.sharding = draws.one_of({Sharding::none, Sharding::zero1, Sharding::zero2, Sharding::zero3});
  plan.recompute = draws.one_of({Recompute::none, Recompute::selective, Recompute::full});
  if (plan.recompute == Recompute::full && draws.coin()) plan.recompute_layers = 1 + draws.below(6);
  plan.recompute_modules = {draws.coin(), draws.coin(), draws.coin(), draws.coin(), draws.coin()};
  plan.overlap = {draws.one_of({0.0, 1.0, 0.6}),
                  draws.coin(),
                  draws.coin(),
                  draws.coin(),
                  draws.one_of({0.0, 1.0, 0.3}),
                  draws.one_of({0.0, 0.9})};
  const std::map<std::string, PrecisionRecipe, std::less<>>& recipes = shipped_tables().recipes;
  plan.precision = recipes.at(draws.one_of(
      {"bf16", "fp16", "fp8_delayed", "fp8_current", "mxfp8", "nvfp4", "fp32", "int8"}));
  if (draws.below(4) == 0) plan.precision.first_layers_wide = draws.below(3);
  if (draws.below(4) == 0) plan.precision.last_layers_wide = draws.below(3);
  if (draws.below(8) == 0) plan.precision.attention = Dtype::fp8;
  plan.gradient_reduce_dtype = draws.one_of({Dtype::fp32, Dtype::bf16, Dtype::fp16});
  plan.main_gradient_fp32 = draws.below(4) != 0;
  plan.low_precision_parameters = draws.coin();
  plan.optimizer_bytes_per_parameter = draws.one_of({12.0, 10.0, 8.0, 6.0, 4.0, 7.5});
  plan.optimizer_offload = draws.below(4) == 0;
  if (draws.below(4) == 0)
    plan.activation_offload = static_cast<double>(1 + draws.below(static_cast<int>(model.layers))) /
                              static_cast<double>(model.layers);
  if (draws.below(6) == 0) plan.activation_offload = 0.123;
  if (draws.below(6) == 0) plan.lora = {8, draws.coin(), draws.coin(), draws.coin(), true};
  plan.fused_attention = draws.below(4) != 0;
  plan.dropout = draws.below(4) == 0;
  plan.fused_loss = draws.coin();
  plan.merged_dispatch = draws.coin();
  plan.expert_imbalance = draws.one_of({1.0, 1.2});
  plan.elementwise_factor = draws.one_of({1.0, 2.0});
  plan.attention_generation = draws.one_of({1.0, 0.62});
  plan.host_launch = draws.one_of({HostLaunch::eager, HostLaunch::graph});
  plan.host_seconds_per_step = draws.one_of({0.0, 0.01});
  plan.mean_document = draws.one_of({0.0, 1000.0});
}

/// A plan that plan_problems finds nothing wrong with.
inline TrainingPlan random_plan(Draws& draws, const ModelSpec& model) {
  while (true) {
    TrainingPlan plan;
    ParallelLayout& layout = plan.layout;
    layout.tensor = draws.one_of({1, 2, 4, 8});
    layout.pipeline = draws.one_of({1, 1, 2, 3, 4, 8});
    layout.virtual_stages = layout.pipeline > 1 ? draws.one_of({1, 1, 2, 3}) : 1;
    layout.context = draws.one_of({1, 1, 2, 4});
    layout.data = draws.one_of({1, 2, 4, 8, 16});
    if (model.is_moe()) {
      layout.expert = draws.one_of({1, 2, 4, 8, 16});
      layout.expert_tensor = draws.one_of({1, 1, 2});
    }
    layout.sequence_parallel = layout.tensor > 1 && draws.coin();
    plan.micro_batch = draws.one_of({1, 1, 2, 4});
    plan.global_batch =
        std::int64_t{plan.micro_batch} * layout.data * layout.pipeline * draws.one_of({1, 2, 4});
    plan.sequence_length = draws.one_of({2048, 4096, 8192});
    plan.schedule =
        layout.virtual_stages > 1
            ? Schedule::interleaved
            : draws.one_of({Schedule::one_forward_one_backward, Schedule::one_forward_one_backward,
                            Schedule::gpipe, Schedule::zero_bubble});
    if (layout.pipeline == 1) plan.schedule = Schedule::one_forward_one_backward;
    plan.embedding_counts_as_layer = layout.pipeline > 1 && draws.coin();
    random_details(draws, model, plan);
    const int ranks = layout.data * layout.context;
    if (plan.sharding != Sharding::none && ranks > 2 && draws.below(3) == 0)
      plan.hybrid_shard = ranks / 2;
    if (layout.pipeline > 1 && draws.below(3) == 0) {
      const int chunks = layout.pipeline * layout.virtual_stages;
      int left = static_cast<int>(model.layers);
      for (int c = 0; c < chunks; ++c) {
        const int share =
            c + 1 == chunks ? left : std::min(left, draws.below(2 * left / chunks + 1));
        plan.stage_layers.push_back(share);
        left -= share;
      }
    }
    if (plan_problems(model, plan, layout.devices()).empty()) return plan;
  }
}

/// The plan of an imported scenario over the plain defaults.
inline TrainingPlan plan_of(const LaunchImport& import) {
  TrainingPlan plan;
  if (const Value* precision = import.scenario.find("precision"))
    plan.precision = shipped_tables().recipes.at(*precision->text());
  Diagnostics problems;
  if (const Value* stated = import.scenario.find("plan"))
    read_fields(*stated, plan_fields(), plan, "plan", problems);
  CHECK_MESSAGE(problems.empty(), to_text(problems));
  return plan;
}

inline bool is_listed(const LaunchExport& made, const std::string& setting) {
  return std::any_of(made.unexpressed.begin(), made.unexpressed.end(),
                     [&](const Unexpressed& each) { return each.setting == setting; });
}

}  // namespace polyfleet
