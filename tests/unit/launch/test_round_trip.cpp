// What is written is read back: every key of the plan that has an effect either returns unchanged
// or is listed as unexpressed. On random valid plans, for every format that can be read.
#include <fmt/format.h>

#include <set>

#include "launch_fixture.hpp"

namespace polyfleet {
namespace {

constexpr LaunchFormat kReadable[] = {LaunchFormat::megatron_lm, LaunchFormat::megatron_bridge,
                                      LaunchFormat::primus, LaunchFormat::deepspeed,
                                      LaunchFormat::torchtitan};

LaunchImport read_back(LaunchFormat format, const LaunchJob& job, const LaunchExport& made) {
  ImportContext context;
  context.devices = format == LaunchFormat::megatron_lm ? 0 : job.pools.front().devices;
  const Result<LaunchImport> import =
      import_launch(format, made.files.front().text, "file", context, shipped_tables());
  REQUIRE_MESSAGE(import.has_value(),
                  to_text(import.has_value() ? Diagnostics{} : import.problems()));
  return *import;
}

void check_plan(const LaunchJob& job, const LaunchExport& made, const LaunchImport& import) {
  const TrainingPlan& plan = job.pools.front().plan;
  const auto written = flat_keys(plan), read = flat_keys(plan_of(import));
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::string& key = written[i].first;
    if (!has_effect(key, plan, job.model) || is_listed(made, "plan." + key)) continue;
    CHECK_MESSAGE(to_json(written[i].second, -1) == to_json(read[i].second, -1),
                  key << " of\n"
                      << made.files.front().text);
  }
}

void check_model(const LaunchJob& job, const LaunchExport& made, const LaunchImport& import) {
  REQUIRE(import.model.has_value());
  const ModelSpec &a = job.model, &b = *import.model;
  CHECK(a.layers == b.layers);
  CHECK(a.hidden == b.hidden);
  CHECK(a.ffn == b.ffn);
  CHECK(a.ffn_matrices == b.ffn_matrices);
  CHECK(a.heads == b.heads);
  CHECK(a.kv_heads == b.kv_heads);
  CHECK(a.head_dim == b.head_dim);
  CHECK(a.attention == b.attention);
  CHECK(a.vocab == b.vocab);
  CHECK(a.tied_embeddings == b.tied_embeddings);
  CHECK(a.biases == b.biases);
  CHECK(a.learned_positions == b.learned_positions);
  CHECK(a.latent.kv_lora_rank == b.latent.kv_lora_rank);
  CHECK(a.latent.q_lora_rank == b.latent.q_lora_rank);
  CHECK(a.moe.experts == b.moe.experts);
  CHECK(a.moe.every == b.moe.every);
  CHECK(a.moe.dense_first_layers == b.moe.dense_first_layers);
  CHECK(a.moe.expert_ffn == b.moe.expert_ffn);
  CHECK(a.moe.shared_expert_ffn == b.moe.shared_expert_ffn);
  CHECK(a.mtp_layers == b.mtp_layers);
  CHECK(a.sliding_window == b.sliding_window);
  CHECK(a.full_attention_every == b.full_attention_every);
  CHECK(made.files.size() >= 1);
}

}  // namespace

TEST_CASE("hundreds of random plans return from every format, or are named") {
  for (const LaunchFormat format : kReadable) {
    CAPTURE(name_of(format));
    Draws draws(20261122);
    for (int i = 0; i < 300; ++i) {
      CAPTURE(i);
      const ModelSpec model = random_model(draws);
      const LaunchJob job = job_of(model, random_plan(draws, model));
      const Result<LaunchExport> made = export_launch(format, job, shipped_tables());
      REQUIRE(made.has_value());
      const LaunchImport import = read_back(format, job, *made);
      check_plan(job, *made, import);
      for (const ForeignSetting& each : import.unknown) FAIL_CHECK(each.setting << " is unknown");
      for (const Diagnostic& each : import.unresolved) {
        if (format != LaunchFormat::primus) FAIL_CHECK(each.what);
      }
      const bool describes_model =
          format != LaunchFormat::deepspeed && format != LaunchFormat::torchtitan;
      if (describes_model) check_model(job, *made, import);
    }
  }
}

TEST_CASE("no key of a plan is dropped: each is expressed, listed or without effect") {
  // A plan in which every key differs from its plain default.
  TrainingPlan plan;
  plan.layout = {.tensor = 4,
                 .pipeline = 2,
                 .virtual_stages = 1,
                 .context = 2,
                 .expert = 4,
                 .expert_tensor = 2,
                 .data = 8,
                 .sequence_parallel = true};
  plan.micro_batch = 2;
  plan.global_batch = 64;
  plan.sequence_length = 4096;
  plan.schedule = Schedule::dual_pipe;
  plan.sharding = Sharding::zero3;
  plan.hybrid_shard = 8;
  plan.recompute = Recompute::selective;
  plan.recompute_layers = 3;
  plan.recompute_modules = {false, true, true, true, true};
  plan.overlap = {0.6, true, true, true, 0.4, 0.9};
  plan.precision = {.name = "of-my-own",
                    .linear = Dtype::mxfp4,
                    .attention = Dtype::fp8,
                    .activation = Dtype::fp16,
                    .head = Dtype::fp8,
                    .linear_backward_narrow = false,
                    .weight_gradient_narrow = false,
                    .cast_bytes_per_element = 3,
                    .first_layers_wide = 1,
                    .last_layers_wide = 2};
  plan.gradient_reduce_dtype = Dtype::bf16;
  plan.main_gradient_fp32 = false;
  plan.low_precision_parameters = true;
  plan.optimizer_bytes_per_parameter = 7;
  plan.optimizer_offload = true;
  plan.activation_offload = 0.3;
  plan.lora = {16, false, false, true, true};
  plan.fused_attention = false;
  plan.attention_generation = 0.62;
  plan.dropout = true;
  plan.fused_loss = true;
  plan.elementwise_factor = 2;
  plan.expert_imbalance = 1.3;
  plan.merged_dispatch = true;
  plan.mean_document = 700;
  plan.images_per_sequence = 2;
  plan.host_launch = HostLaunch::graph;
  plan.host_seconds_per_layer = 1e-5;
  plan.host_seconds_per_micro_batch = 1e-4;
  plan.host_seconds_per_step = 1e-3;
  plan.embedding_counts_as_layer = true;
  plan.stage_layers = {30, 31};
  const auto plain = flat_keys(TrainingPlan{}), keys = flat_keys(plan);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].first != "layout.virtual_stages")
      CHECK_MESSAGE(to_json(keys[i].second, -1) != to_json(plain[i].second, -1),
                    keys[i].first << " must be given a value here, it is a new key");
  }
  const LaunchJob job = job_of(latent_model(), plan);
  for (const LaunchFormat format : kReadable) {
    CAPTURE(name_of(format));
    const Result<LaunchExport> made = export_launch(format, job, shipped_tables());
    REQUIRE(made.has_value());
    check_plan(job, *made, read_back(format, job, *made));
    for (const Unexpressed& each : made->unexpressed) {
      CHECK(!each.why.empty());
      CHECK(!each.setting.empty());
    }
    // Predictions are no settings of any tool.
    for (const char* key : {"plan.elementwise_factor", "plan.host_seconds_per_step",
                            "plan.attention_generation", "plan.mean_document"})
      CHECK(is_listed(*made, key));
  }
}

TEST_CASE("what Megatron-LM refuses is never written") {
  // Assertions of megatron/training/arguments.py and of Megatron-Core's configurations.
  Draws draws(7);
  for (int i = 0; i < 300; ++i) {
    CAPTURE(i);
    const ModelSpec model = random_model(draws);
    const LaunchJob job = job_of(model, random_plan(draws, model));
    const Result<LaunchExport> made =
        export_launch(LaunchFormat::megatron_lm, job, shipped_tables());
    REQUIRE(made.has_value());
    const auto has = [&](std::string_view argument) {
      return made->files.front().text.find(fmt::format("  {}\n", argument)) != std::string::npos;
    };
    const bool tensor = job.pools.front().plan.layout.tensor > 1;
    if (model.is_moe() && tensor) CHECK(has("--sequence-parallel"));
    if (has("--tp-comm-overlap")) CHECK(has("--sequence-parallel"));
    if (has("--overlap-param-gather")) CHECK(has("--use-distributed-optimizer"));
    if (has("--overlap-param-gather")) CHECK(has("--overlap-grad-reduce"));
    if (has("--optimizer-cpu-offload")) CHECK(has("--use-precision-aware-optimizer"));
    if (has("--use-precision-aware-optimizer")) CHECK(has("--use-distributed-optimizer"));
    CHECK(!(has("--bf16") && has("--fp16")));
  }
}

TEST_CASE("a plan in a tool's own words leaves nothing unsaid") {
  TrainingPlan plan;
  plan.layout = {
      .tensor = 8, .pipeline = 4, .virtual_stages = 5, .data = 4, .sequence_parallel = true};
  plan.global_batch = 128;
  plan.sequence_length = 8192;
  plan.schedule = Schedule::interleaved;
  plan.recompute = Recompute::selective;
  plan.overlap = {1, true, true, true, 0, 0};
  plan.precision = shipped_tables().recipes.at("fp8_delayed");
  plan.low_precision_parameters = true;
  plan.fused_loss = true;
  const LaunchJob job = job_of(dense_model(), plan);
  for (const LaunchFormat format :
       {LaunchFormat::megatron_lm, LaunchFormat::megatron_bridge, LaunchFormat::primus}) {
    const Result<LaunchExport> made = export_launch(format, job, shipped_tables());
    REQUIRE(made.has_value());
    for (const Unexpressed& each : made->unexpressed)
      FAIL_CHECK(name_of(format) << ": " << each.setting << " " << each.why);
  }
}

}  // namespace polyfleet
