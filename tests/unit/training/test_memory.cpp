// Memory parts by hand-derived cases: bytes per parameter of each sharding, activations by
// recompute and schedule, moments, offload, and the invariants of the sum.
#include <doctest/doctest.h>

#include <string>

#include "training/memory.hpp"

using namespace polyfleet;

namespace {

StageInventory inventory() {
  StageInventory stage;
  stage.layers = {{4, 100 * megabyte, 40 * megabyte, 10 * megabyte}};
  stage.embedding_saved = 2 * megabyte;
  stage.head_saved = 30 * megabyte;
  stage.logits = 5e6;
  stage.parameters = 1e9;
  stage.layer_unit = 2e8;
  stage.largest_unit = 3e8;
  stage.micro_batches_in_flight = 3;
  stage.heads_in_flight = 1;
  stage.stream = 8 * megabyte;
  stage.widest = 12 * megabyte;
  return stage;
}

TrainingPlan plan(Sharding sharding = Sharding::none) {
  TrainingPlan plan;
  plan.sharding = sharding;
  plan.layout.data = 4;
  plan.global_batch = 16;
  return plan;
}

double states(const TrainingPlan& plan) {
  return stage_memory(plan, inventory(), {}).model_states() / byte / 1e9;
}

Bytes part(const TrainingPlan& plan, MemoryPartKind kind) {
  return stage_memory(plan, inventory(), {})[kind];
}

}  // namespace

TEST_CASE("bytes per parameter of each sharding") {
  // BF16 weights, FP32 gradients, FP32 master and moments: 18 (Megatron-Core, distributed
  // optimiser guide: 6 + 12/d)
  CHECK(states(plan(Sharding::none)) == doctest::Approx(18));
  CHECK(states(plan(Sharding::zero1)) == doctest::Approx(6 + 12.0 / 4));
  CHECK(states(plan(Sharding::zero2)) == doctest::Approx(2 + 16.0 / 4));
  CHECK(states(plan(Sharding::zero3)) == doctest::Approx(16.0 / 4));
  TrainingPlan narrow = plan(Sharding::zero1);
  narrow.main_gradient_fp32 = false;
  CHECK(states(narrow) == doctest::Approx(4 + 12.0 / 4));
  narrow.low_precision_parameters = true;
  CHECK(states(narrow) == doctest::Approx(3 + 12.0 / 4));
}

TEST_CASE("context parallel ranks share the optimiser, hybrid sharding only its group") {
  TrainingPlan wide = plan(Sharding::zero1);
  wide.layout.context = 2;
  CHECK(states(wide) == doctest::Approx(6 + 12.0 / 8));
  wide.hybrid_shard = 2;
  CHECK(states(wide) == doctest::Approx(6 + 12.0 / 2));
}

TEST_CASE("experts are sharded over their own data group") {
  StageInventory stage = inventory();
  stage.parameters = 0;
  stage.expert_parameters = 1e9;
  TrainingPlan experts = plan(Sharding::zero1);
  experts.layout.data = 8;
  experts.layout.tensor = 2;
  experts.layout.expert = 4;
  CHECK(shard_ranks(experts).expert == doctest::Approx(4));
  CHECK(stage_memory(experts, stage, {}).model_states() / byte / 1e9 ==
        doctest::Approx(6 + 12.0 / 4));
}

TEST_CASE("LoRA holds the frozen base in its narrow form alone") {
  StageInventory stage = inventory();
  stage.parameters = 1e7;
  stage.frozen_parameters = 1e9;
  const StageMemory memory = stage_memory(plan(Sharding::zero1), stage, {});
  CHECK(memory[MemoryPartKind::frozen_weights] / byte == doctest::Approx(2e9));
  CHECK(memory[MemoryPartKind::optimizer_states] / byte == doctest::Approx(1e7 * 12 / 4));
}

TEST_CASE("activations by recompute") {
  TrainingPlan each = plan();
  const auto saved = [&] { return part(each, MemoryPartKind::activations) / megabyte; };
  CHECK(saved() == doctest::Approx(3 * (4 * 100 + 2)));
  each.recompute = Recompute::selective;
  CHECK(saved() == doctest::Approx(3 * (4 * 40 + 2)));
  each.recompute = Recompute::full;
  CHECK(saved() == doctest::Approx(3 * (4 * 10 + 2)));
  each.recompute_layers = 1;
  CHECK(saved() == doctest::Approx(3 * (10 + 3 * 100 + 2)));
  each.recompute_layers = 9;  // more than there are
  CHECK(saved() == doctest::Approx(3 * (4 * 10 + 2)));
}

TEST_CASE("the loss and a layer's backward exclude each other") {
  TrainingPlan each = plan();
  // loss 30 + 5e6 x 2 = 40 MB beats two working gradients of 12 MB
  CHECK(part(each, MemoryPartKind::logits) / megabyte == doctest::Approx(40));
  CHECK(part(each, MemoryPartKind::working_gradients) == 0 * byte);
  each.recompute = Recompute::full;  // 90 made again + 24 beats 40
  CHECK(part(each, MemoryPartKind::logits) == 0 * byte);
  CHECK(part(each, MemoryPartKind::recomputation) / megabyte == doctest::Approx(90));
  CHECK(part(each, MemoryPartKind::working_gradients) / megabyte == doctest::Approx(24));
  each.recompute = Recompute::none;
  each.sharding = Sharding::zero3;  // PyTorch's loss: 4 saved + 2 + 8 bytes a logit
  CHECK(part(each, MemoryPartKind::logits) / megabyte == doctest::Approx(30 + 50));
}

TEST_CASE("GPipe keeps every micro-batch's logits") {
  StageInventory stage = inventory();
  stage.heads_in_flight = 5;
  const StageMemory memory = stage_memory(plan(), stage, {});
  CHECK(memory[MemoryPartKind::logits] / megabyte == doctest::Approx(4 * 30 + 40));
}

TEST_CASE("narrow gradients: the step's FP32 copy counts once activations are gone") {
  StageInventory stage = inventory();
  stage.layers.front().saved = 1 * megabyte;
  TrainingPlan narrow = plan(Sharding::none);
  narrow.main_gradient_fp32 = false;
  const StageMemory memory = stage_memory(narrow, stage, {});
  CHECK(memory[MemoryPartKind::gradients] / byte == doctest::Approx(6e9));
  CHECK(memory[MemoryPartKind::activations] == 0 * byte);
}

TEST_CASE("offload moves bytes to the host") {
  TrainingPlan away = plan(Sharding::zero1);
  away.optimizer_offload = true;
  away.activation_offload = 0.5;
  const StageMemory memory = stage_memory(away, inventory(), {});
  CHECK(memory[MemoryPartKind::optimizer_states] == 0 * byte);
  CHECK(memory[MemoryPartKind::activations] / megabyte == doctest::Approx(3 * 402 / 2.0));
  CHECK(memory.host / byte == doctest::Approx(3e9 + 3 * 402e6 / 2));
}

TEST_CASE("fully sharded units are gathered two at a time") {
  CHECK(part(plan(Sharding::zero3), MemoryPartKind::gathered_parameters) / byte ==
        doctest::Approx((3e8 + 2e8) * 2));
  CHECK(part(plan(Sharding::zero3), MemoryPartKind::gradient_buckets) / byte ==
        doctest::Approx(3e8 * 4));
  CHECK(part(plan(Sharding::zero1), MemoryPartKind::gathered_parameters) == 0 * byte);
}

TEST_CASE("overheads: context once, a communicator for each group, slack on what is live") {
  TrainingPlan each = plan(Sharding::zero1);
  each.layout.tensor = 2;
  MemoryOverheads overheads;
  overheads.context = 1 * gigabyte;
  overheads.per_communicator = 0.5 * gigabyte;
  overheads.allocator_slack = 0.1;
  const StageMemory memory = stage_memory(each, inventory(), overheads);
  CHECK(memory[MemoryPartKind::framework] / gigabyte == doctest::Approx(1 + 3 * 0.5));
  const Bytes live =
      memory.total - memory[MemoryPartKind::framework] - memory[MemoryPartKind::allocator_slack];
  CHECK(memory[MemoryPartKind::allocator_slack] / live == doctest::Approx(0.1));
}

TEST_CASE("what a framework keeps beyond the algorithm's needs") {
  TrainingPlan each = plan(Sharding::zero1);
  each.layout.pipeline = 2;
  MemoryOverheads overheads;
  const StageMemory bare = stage_memory(each, inventory(), overheads);
  overheads.unsharded_bytes = 4;
  overheads.step_bytes = 6;
  overheads.kept_stage_outputs = 1;
  const StageMemory kept = stage_memory(each, inventory(), overheads);
  CHECK(kept[MemoryPartKind::gradient_buckets] / byte == doctest::Approx(4e9 + 6e9 / 4));
  // one residual stream for each of the three micro-batches in flight
  CHECK((kept[MemoryPartKind::activations] - bare[MemoryPartKind::activations]) / megabyte ==
        doctest::Approx(3 * 8));
}

TEST_CASE("parts sum to the total and every part has a name") {
  for (const Sharding sharding :
       {Sharding::none, Sharding::zero1, Sharding::zero2, Sharding::zero3}) {
    const StageMemory memory = stage_memory(plan(sharding), inventory(), {});
    Bytes sum;
    for (std::size_t i = 0; i < kMemoryPartCount; ++i) {
      CHECK(memory.parts[i] >= 0 * byte);
      CHECK_FALSE(name_of(static_cast<MemoryPartKind>(i)).empty());
      sum += memory.parts[i];
    }
    CHECK(sum / byte == doctest::Approx(memory.total / byte));
  }
}

TEST_CASE("a dense transformer: stages, first one fullest under 1F1B") {
  ModelSpec model;
  model.layers = 8;
  model.hidden = 1024;
  model.ffn = 4096;
  model.heads = model.kv_heads = 16;
  model.head_dim = 64;
  model.vocab = 32000;
  model.max_context = 2048;
  TrainingPlan each = plan(Sharding::zero1);
  each.layout.pipeline = 4;
  each.sequence_length = 2048;
  const std::vector<StageInventory> stages = stage_inventories(model, each);
  REQUIRE(stages.size() == 4);
  CHECK(stages[0].micro_batches_in_flight == 4);
  CHECK(stages[3].micro_batches_in_flight == 1);
  double parameters = 0;
  for (const StageInventory& stage : stages) parameters += stage.parameters;
  // 8 layers of 4 h^2 + 3 h ffn + 2 h, two embeddings, final norm
  CHECK(parameters == doctest::Approx(8 * (4 * 1024.0 * 1024 + 3 * 1024.0 * 4096 + 2 * 1024) +
                                      2 * 32000.0 * 1024 + 1024));
  CHECK(stages[1].embedding_saved == 0 * byte);
  CHECK(stages[3].logits == doctest::Approx(2048.0 * 32000));
  const std::vector<StageMemory> memory = plan_memory(model, each, {});
  CHECK(memory[0][MemoryPartKind::activations] > memory[2][MemoryPartKind::activations]);
  CHECK(fullest_stage(memory) < 4);
  each.schedule = Schedule::gpipe;
  CHECK(stage_inventories(model, each)[3].micro_batches_in_flight == 4);
}

TEST_CASE("DualPipe doubles the weights of a device") {
  ModelSpec model;
  model.layers = 8;
  model.hidden = 1024;
  model.ffn = 4096;
  model.heads = model.kv_heads = 16;
  model.head_dim = 64;
  model.vocab = 32000;
  TrainingPlan each = plan(Sharding::none);
  each.layout.pipeline = 4;
  each.layout.data = 1;
  each.sequence_length = 2048;
  const auto plain = stage_inventories(model, each);
  each.schedule = Schedule::dual_pipe;
  const auto twice = stage_inventories(model, each);
  CHECK(twice[0].parameters == doctest::Approx(plain[0].parameters + plain[3].parameters));
  CHECK(twice[0].micro_batches_in_flight == doctest::Approx(2.5));
}

TEST_CASE("overheads are data: by vendor, else the stand-in, with the framework's own") {
  const std::string data = std::string(POLYFLEET_SOURCE_DIR) + "/data";
  CHECK(load_memory_overheads(data, "NVIDIA")->vendor == "NVIDIA");
  CHECK(load_memory_overheads(data, "nobody")->vendor == "other");
  CHECK(load_memory_overheads(data, "NVIDIA")->step_bytes == 0);
  CHECK(load_memory_overheads(data, "NVIDIA", "megatron_deepspeed")->step_bytes == 6);
  CHECK_FALSE(load_memory_overheads(data + "/nowhere", "NVIDIA"));
}
