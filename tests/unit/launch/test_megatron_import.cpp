// Scripts as people write them, small ones of our own in the forms that public scripts have.
#include <fmt/format.h>

#include "launch/scenario_text.hpp"
#include "launch_fixture.hpp"

namespace polyfleet {
namespace {

LaunchImport read(std::string_view text, ImportContext context = {}) {
  const Result<LaunchImport> import =
      import_launch(LaunchFormat::megatron_lm, text, "run.sh", context, shipped_tables());
  REQUIRE_MESSAGE(import.has_value(),
                  to_text(import.has_value() ? Diagnostics{} : import.problems()));
  return *import;
}

std::string names(const std::vector<ForeignSetting>& settings) {
  std::string text;
  for (const ForeignSetting& each : settings)
    text += fmt::format("{}{}:{}", text.empty() ? "" : " ", each.setting, each.where.line);
  return text;
}

}  // namespace

TEST_CASE("a script with arrays, a launcher, settings without effect and unknown ones") {
  const LaunchImport import = read(R"(#!/bin/bash
GPUS_PER_NODE=8
NUM_NODES=4
MODEL_ARGS=(
    --num-layers 32
    --hidden-size 4096
    --ffn-hidden-size 14336
    --num-attention-heads 32
    --group-query-attention
    --num-query-groups 8
    --swiglu
    --position-embedding-type rope
    --untie-embeddings-and-output-weights
    --disable-bias-linear
    --vocab-size 128256
)
TRAINING_ARGS=(
    --micro-batch-size 1
    --global-batch-size 256
    --seq-length 8192
    --lr 3.0e-4 --weight-decay 0.1   # of no effect
    --attention-dropout 0 --hidden-dropout 0
    --bf16
    --recompute-granularity full --recompute-method block --recompute-num-layers 4
    --moon-phase waxing
)
MODEL_PARALLEL_ARGS=(
    --tensor-model-parallel-size 2
    --pipeline-model-parallel-size 4
    --num-layers-per-virtual-pipeline-stage 2
    --sequence-parallel --use-distributed-optimizer
    --overlap-grad-reduce --ddp-bucket-size 1000000
)
torchrun --nproc_per_node $GPUS_PER_NODE --nnodes $NUM_NODES pretrain_gpt.py \
    ${MODEL_ARGS[@]} ${TRAINING_ARGS[@]} ${MODEL_PARALLEL_ARGS[@]}
)");
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.layout.tensor == 2);
  CHECK(plan.layout.pipeline == 4);
  CHECK(plan.layout.virtual_stages == 4);
  CHECK(plan.layout.data == 4);
  CHECK(plan.layout.sequence_parallel);
  CHECK(plan.schedule == Schedule::interleaved);
  CHECK(plan.sharding == Sharding::zero1);
  CHECK(plan.recompute == Recompute::full);
  // Four of every virtual stage's layers, of which there are two: all of them.
  CHECK(plan.recompute_layers == 0);
  CHECK(plan.overlap.gradient_reduce);
  CHECK(!plan.overlap.parameter_gather);
  CHECK(plan.overlap.pipeline);  // the tool's default with virtual stages
  CHECK(!plan.dropout);
  CHECK(plan.global_batch == 256);
  CHECK(*import.scenario.find("devices")->integer() == 32);
  CHECK(*import.scenario.find("precision")->text() == "bf16");
  REQUIRE(import.model.has_value());
  CHECK(import.model->kv_heads == 8);
  CHECK(import.model->head_dim == 128);
  CHECK(!import.model->biases);
  CHECK(!import.model->tied_embeddings);
  CHECK(names(import.unknown) == "--moon-phase:25");
  CHECK(names(import.without_effect) == "--lr:21 --weight-decay:21");
  CHECK(names(import.not_modelled) == "--ddp-bucket-size:32");
  CHECK(import.unresolved.empty());
  CHECK(import.why.at("plan.layout.tensor") == "--tensor-model-parallel-size (line 28)");
  CHECK(import.why.at("plan.overlap.tensor") == "default of Megatron-LM");
}

TEST_CASE("bare argument lists, --name=value, strings of options") {
  CHECK(plan_of(read("--tensor-model-parallel-size=4 --micro-batch-size=2 --bf16")).layout.tensor ==
        4);
  CHECK(
      plan_of(read("OPTS=\" \\\n --tensor-model-parallel-size 4 \\\n --bf16\"\npython x.py $OPTS"))
          .layout.tensor == 4);
  CHECK(plan_of(read("run --micro-batch-size 2 --micro-batch-size 4")).micro_batch == 4);
  CHECK(plan_of(read("ARGS=(--context-parallel-size 2)")).layout.context == 2);
  CHECK(!import_launch(LaunchFormat::megatron_lm, "echo hello", "run.sh", {}, shipped_tables()));
}

TEST_CASE("variables without a value: numbers ask for them, others are reported") {
  ImportContext context;
  const std::string text = "run --tensor-model-parallel-size $TP --save $DIR";
  const Result<LaunchImport> open =
      import_launch(LaunchFormat::megatron_lm, text, "run.sh", context, shipped_tables());
  REQUIRE(!open.has_value());
  CHECK(to_text(open.problems()).find("run.sh:1: --tensor-model-parallel-size is '$TP'") !=
        std::string::npos);
  CHECK(to_text(open.problems()).find("--define") != std::string::npos);
  context.variables["TP"] = "8";
  const LaunchImport import = read(text, context);
  CHECK(plan_of(import).layout.tensor == 8);
  REQUIRE(import.unresolved.size() == 1);
  CHECK(import.unresolved[0].what == "$DIR has no value in the file");
}

TEST_CASE("a mixture of experts with latent attention, as DeepSeek-V3 is trained") {
  const LaunchImport import = read(R"sh(torchrun --nproc-per-node=8 --nnodes 32 pretrain_gpt.py \
  --num-layers 61 --hidden-size 7168 --ffn-hidden-size 18432 --num-attention-heads 128 \
  --multi-latent-attention --q-lora-rank 1536 --kv-lora-rank 512 --qk-head-dim 128 \
  --qk-pos-emb-head-dim 64 --v-head-dim 128 --vocab-size 129280 --swiglu --mtp-num-layers 1 \
  --disable-bias-linear --untie-embeddings-and-output-weights --position-embedding-type rope \
  --num-experts 256 --moe-router-topk 8 --moe-ffn-hidden-size 2048 \
  --moe-shared-expert-intermediate-size 2048 --moe-layer-freq "([0]*3+[1]*58)" \
  --expert-model-parallel-size 64 --expert-tensor-parallel-size 1 \
  --pipeline-model-parallel-size 4 --pipeline-model-parallel-layout "Et*3|(tt|)*29m|L" \
  --moe-token-dispatcher-type flex --moe-enable-deepep --moe-router-force-load-balancing \
  --bf16 --fp8-format e4m3 --fp8-recipe mxfp8 --fp8-param-gather \
  --recompute-granularity selective --recompute-modules mla_up_proj moe mlp layernorm \
  --seq-length 4096 --micro-batch-size 1 --global-batch-size 2048 \
  --use-precision-aware-optimizer --main-grads-dtype fp32 --main-params-dtype fp32 \
  --exp-avg-dtype bf16 --exp-avg-sq-dtype bf16 --use-distributed-optimizer
)sh");
  const TrainingPlan plan = plan_of(import);
  CHECK(plan.layout.expert == 64);
  CHECK(plan.layout.expert_tensor == 1);
  CHECK(plan.layout.virtual_stages == 8);
  CHECK(plan.stage_layers.size() == 32);
  CHECK(plan.stage_layers.front() == 3);
  CHECK(plan.merged_dispatch);
  CHECK(plan.expert_imbalance == 1);
  CHECK(plan.precision.name == "mxfp8");
  CHECK(plan.low_precision_parameters);
  CHECK(plan.recompute == Recompute::selective);
  CHECK(!plan.recompute_modules.core_attention);
  CHECK(plan.recompute_modules.latent_up);
  CHECK(plan.recompute_modules.mlp);
  CHECK(plan.recompute_modules.norm);
  CHECK(plan.optimizer_bytes_per_parameter == 8);
  REQUIRE(import.model.has_value());
  CHECK(import.model->attention == AttentionKind::latent);
  CHECK(import.model->moe.dense_first_layers == 3);
  CHECK(import.model->moe.shared_experts == 1);
  CHECK(import.unknown.empty());
}

TEST_CASE("uneven first and last stages") {
  const std::string text =
      "run --num-layers 30 --pipeline-model-parallel-size 4 --decoder-first-pipeline-num-layers 6 "
      "--decoder-last-pipeline-num-layers 4";
  CHECK(plan_of(read(text)).stage_layers == std::vector<int>{6, 10, 10, 4});
  const LaunchImport odd = read(
      "run --num-layers 31 --pipeline-model-parallel-size 4 --decoder-first-pipeline-num-layers 6 "
      "--decoder-last-pipeline-num-layers 4");
  CHECK(plan_of(odd).stage_layers.empty());
  CHECK(odd.not_modelled.size() == 1);
}

TEST_CASE("the scenario's text is TOML that says where each key came from") {
  const LaunchImport import = read("run --tensor-model-parallel-size 4 --bf16");
  const std::string text = scenario_toml(import, "Read from run.sh.");
  CHECK(text.find("tensor = 4  # --tensor-model-parallel-size (line 1)") != std::string::npos);
  const Result<Value> document = parse_toml(text, "scenario.toml");
  REQUIRE(document.has_value());
  CHECK(*document->find("plan")->find("layout")->find("tensor")->integer() == 4);
  const Result<Value> model = parse_toml(model_toml(latent_model(), "A model."), "model.toml");
  REQUIRE(model.has_value());
  CHECK(*model->find("moe")->find("dense_first_layers")->integer() == 3);
}

}  // namespace polyfleet
