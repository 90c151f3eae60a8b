// Primus with its presets, DeepSpeed, Megatron-Bridge and torchtitan files as others write them.
#include <fmt/format.h>

#include "launch_fixture.hpp"

namespace polyfleet {
namespace {

LaunchImport read(LaunchFormat format, std::string_view text, const ImportContext& context = {}) {
  const Result<LaunchImport> import =
      import_launch(format, text, "file", context, shipped_tables());
  REQUIRE_MESSAGE(import.has_value(),
                  to_text(import.has_value() ? Diagnostics{} : import.problems()));
  return *import;
}

std::string names_in(const std::vector<ForeignSetting>& settings) {
  std::string text;
  for (const ForeignSetting& each : settings)
    text += fmt::format("{}{}:{}", text.empty() ? "" : " ", each.setting, each.where.line);
  return text;
}

constexpr std::string_view kExperiment = R"(work_group: ${PRIMUS_TEAM:amd}
exp_name: ${PRIMUS_EXP_NAME:my-run}
modules:
  pre_trainer:
    framework: megatron
    config: pre_trainer.yaml
    model: ${PRIMUS_MODEL:llama3.1_70B}.yaml
    overrides:
      stderr_sink_level: DEBUG
      train_iters: 50
      micro_batch_size: 2
      global_batch_size: ${GBS:64}
      seq_length: ${PRIMUS_SEQ_LENGTH:8192}
      lr: 1.0e-5
      tensor_model_parallel_size: ${PRIMUS_TP:8}
      overlap_grad_reduce: true
      sequence_parallel: 1
      recompute_granularity: full # full, selective
      recompute_method: block
      recompute_num_layers: 80
      fp8: hybrid
      use_turbo_attention: true
      use_turbo_deepep: false
      moon_phase: waxing
)";

/// Presets as a folder holds them.
Result<std::string> preset(const std::string& name) {
  if (name == "modules/megatron/pre_trainer.yaml")
    return std::string(
        "extends:\n  - ../module_base.yaml\nmicro_batch_size: 7\nbf16: true\nnum_layers: 3\n");
  if (name == "modules/module_base.yaml") return std::string("sink_level: INFO\n");
  if (name == "models/megatron/llama3.1_70B.yaml")
    return std::string("extends: [llama_base.yaml]\nnum_layers: 80\nhidden_size: 8192\n");
  if (name == "models/megatron/llama_base.yaml")
    return std::string(
        "includes:\n  - primus_model.yaml\nnum_layers: 1\nffn_hidden_size: 28672\n"
        "num_attention_heads: 64\nnum_query_groups: 8\ngroup_query_attention: true\n"
        "vocab_size: 128256\nswiglu: true\n");
  if (name == "models/megatron/primus_model.yaml") return std::string("bf16: true\n");
  return problem("no such preset: " + name);
}

}  // namespace

TEST_CASE("a Primus experiment without its presets: defaults, the model's name, what is missing") {
  const LaunchImport import = read(LaunchFormat::primus, kExperiment);
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.layout.tensor == 8);
  CHECK(plan.micro_batch == 2);
  CHECK(plan.global_batch == 64);
  CHECK(plan.sequence_length == 8192);
  CHECK(plan.layout.sequence_parallel);
  CHECK(plan.sharding == Sharding::zero1);  // Primus's default
  CHECK(plan.recompute == Recompute::full);
  CHECK(plan.precision.name == "fp8_delayed");
  CHECK(import.model_name == "llama3.1_70B");
  CHECK(!import.model.has_value());
  CHECK(import.unresolved.size() == 2);  // two presets
  CHECK(names_in(import.unknown) == "moon_phase:24");
  CHECK(names_in(import.not_modelled) == "use_turbo_attention:22");
  CHECK(import.why.at("plan.layout.tensor") == "tensor_model_parallel_size (line 15)");
}

TEST_CASE("Primus presets: extends and includes, overrides on top, variables by the user") {
  ImportContext context;
  context.include = preset;
  context.devices = 64;
  context.variables["PRIMUS_TP"] = "4";
  const LaunchImport import = read(LaunchFormat::primus, kExperiment, context);
  CHECK(import.unresolved.empty());
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.layout.tensor == 4);
  CHECK(plan.layout.data == 16);
  CHECK(plan.micro_batch == 2);
  CHECK(plan.recompute_layers == 80);
  REQUIRE(import.model.has_value());
  CHECK(import.model->layers == 80);
  CHECK(import.model->kv_heads == 8);
  CHECK(import.model->ffn == 28672);
}

TEST_CASE("Primus presets that include themselves and files that are no experiment") {
  ImportContext context;
  context.include = [](const std::string&) {
    return Result<std::string>(std::string("extends: [llama3.1_70B.yaml, pre_trainer.yaml]\n"));
  };
  const auto looped =
      import_launch(LaunchFormat::primus, kExperiment, "file", context, shipped_tables());
  REQUIRE(!looped.has_value());
  CHECK(to_text(looped.problems()).find("includes itself") != std::string::npos);
  const auto other = import_launch(LaunchFormat::primus, "a: 1", "file", {}, shipped_tables());
  REQUIRE(!other.has_value());
  CHECK(to_text(other.problems()).find("no Primus experiment") != std::string::npos);
  const auto twice =
      import_launch(LaunchFormat::primus, "modules: {}\nmodules: {}", "file", {}, shipped_tables());
  CHECK(!twice.has_value());
}

TEST_CASE("a DeepSpeed configuration of the Hugging Face kind: auto is asked for") {
  constexpr std::string_view kText = R"({
  "fp16": {"enabled": false, "loss_scale": 0},
  "bf16": {"enabled": true},
  "zero_optimization": {
    "stage": 3,
    "offload_optimizer": {"device": "cpu", "pin_memory": true},
    "offload_param": {"device": "cpu"},
    "reduce_bucket_size": "auto",
    "stage3_prefetch_bucket_size": 5e7
  },
  "gradient_accumulation_steps": "auto",
  "train_batch_size": "auto",
  "train_micro_batch_size_per_gpu": 4,
  "moon_phase": 3
})";
  const LaunchImport import = read(LaunchFormat::deepspeed, kText);
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.sharding == Sharding::zero3);
  CHECK(plan.optimizer_offload);
  CHECK(plan.overlap.gradient_reduce);  // DeepSpeed's default for stage 3
  CHECK(plan.micro_batch == 4);
  CHECK(plan.precision.name == "bf16");
  REQUIRE(import.unresolved.size() == 2);
  CHECK(import.unresolved[0].where.line == 11);
  CHECK(names_in(import.unknown) == "moon_phase:14");
  CHECK(names_in(import.without_effect) == "fp16.loss_scale:2");
  CHECK(import.not_modelled.size() == 3);
}

TEST_CASE("DeepSpeed's three batch numbers give the data-parallel degree") {
  const LaunchImport import = read(LaunchFormat::deepspeed,
                                   R"({"train_batch_size": 256, "train_micro_batch_size_per_gpu": 2,
          "gradient_accumulation_steps": 4, "fp16": {"enabled": true},
          "zero_optimization": {"stage": 2, "overlap_comm": false, "cpu_offload": true}})");
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.layout.data == 32);
  CHECK(plan.sharding == Sharding::zero2);
  CHECK(!plan.overlap.gradient_reduce);
  CHECK(plan.optimizer_offload);
  CHECK(*import.scenario.find("devices")->integer() == 32);
}

TEST_CASE("overrides of a Megatron-Bridge recipe: only what is said is stated") {
  const LaunchImport import =
      read(LaunchFormat::megatron_bridge,
           "model:\n  tensor_model_parallel_size: 4\n  rotary_base: 500000\n"
           "train:\n  global_batch_size: 128\n"
           "mixed_precision: bf16-with-fp8-current-scaling-mixed\n"
           "comm_overlap:\n  tp_comm_overlap: true\n"
           "peft:\n  dim: 16\n  target_modules: [linear_qkv]\n");
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.layout.tensor == 4);
  CHECK(plan.global_batch == 128);
  CHECK(plan.precision.name == "fp8_current");
  CHECK(plan.precision.first_layers_wide == 1);
  CHECK(plan.low_precision_parameters);
  CHECK(plan.overlap.tensor == 1);
  CHECK(plan.lora.rank == 16);
  CHECK(!plan.lora.output);
  CHECK(import.scenario.find("plan")->find("sharding") == nullptr);
  CHECK(import.scenario.find("plan")->find("recompute") == nullptr);
  CHECK(names_in(import.without_effect) == "model.rotary_base:3");
}

TEST_CASE("torchtitan: literals are read, everything else of Python is passed over") {
  const LaunchImport import =
      read(LaunchFormat::torchtitan,
           "from torchtitan.models.llama3.config_registry import llama3_8b\n"
           "def mine():\n"
           "    config = llama3_8b()\n"
           "    config.training.local_batch_size = 2\n"
           "    config.training.seq_len = 4096  # tokens\n"
           "    config.parallelism.data_parallel_shard_degree = 8\n"
           "    config.parallelism.tensor_parallel_degree = 2\n"
           "    config.activation_checkpoint.mode = \"full\"\n"
           "    config.optimizer.lr = 3e-4\n"
           "    config.model_spec = model_registry('8B')\n"
           "    return config\n");
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.layout.data == 8);
  CHECK(plan.layout.tensor == 2);
  CHECK(plan.global_batch == 16);
  CHECK(plan.sharding == Sharding::zero3);
  CHECK(plan.recompute == Recompute::full);
  CHECK(*import.scenario.find("devices")->integer() == 16);
  CHECK(names_in(import.unknown) == "model_spec:10");
  CHECK(names_in(import.without_effect) == "optimizer.lr:9");
  const auto nothing =
      import_launch(LaunchFormat::torchtitan, "print(3)", "file", {}, shipped_tables());
  CHECK(!nothing.has_value());
}

}  // namespace polyfleet
