// A mixed plan whose pools are all alike is the homogeneous plan that shards its optimiser inside
// each group (hybrid sharding).
#include "unit/training/mixed_fixture.hpp"

using namespace polyfleet;

namespace {

constexpr double kRounding = 1e-9;

void check_same(const MixedStep& mixed, const TrainingEstimate& whole) {
  CHECK(mixed.total / whole.time == doctest::Approx(1).epsilon(kRounding));
  CHECK(mixed.low / whole.time_low == doctest::Approx(1).epsilon(kRounding));
  CHECK(mixed.high / whole.time_high == doctest::Approx(1).epsilon(kRounding));
  // an exchange between groups adds its own doubt; a homogeneous step counts none for its reduction
  if (mixed.groups.size() == 1)
    CHECK(mixed.log_sigma == doctest::Approx(whole.step.log_sigma).epsilon(kRounding));
  CHECK(mixed.log_sigma >= whole.step.log_sigma * (1 - kRounding));
  CHECK(mixed.tokens == whole.tokens_per_step);
  CHECK(mixed.hardware_flops / whole.step.hardware_flops == doctest::Approx(1).epsilon(kRounding));
}

}  // namespace

TEST_CASE("one group on one pool is the homogeneous step, part by part") {
  const MixedCase c({pool_of("mi300x_8oam", 8)});
  TrainingPlan plan = dense_plan();
  plan.layout.pipeline = 2;
  plan.layout.data = 2;
  plan.host_seconds_per_step = 0.01;
  plan.host_seconds_per_micro_batch = 0.001;
  const MixedStep mixed = c.step({{replicas_on(0, plan, 2, 8)}, plan.sequence_length});
  const TrainingEstimate whole = homogeneous(dense_model(), plan, machine_of("mi300x_8oam"));
  check_same(mixed, whole);
  const StepBreakdown &a = mixed.groups[0].where.own, &b = whole.step.where;
  for (const auto part :
       {&StepBreakdown::recompute, &StepBreakdown::tensor, &StepBreakdown::pipeline,
        &StepBreakdown::bubble, &StepBreakdown::gradient_reduce, &StepBreakdown::parameter_gather,
        &StepBreakdown::optimizer, &StepBreakdown::host, &StepBreakdown::software,
        &StepBreakdown::hidden, &StepBreakdown::total})
    CHECK(a.*part / second == doctest::Approx(b.*part / second).epsilon(kRounding));
  REQUIRE(mixed.groups[0].stages[0].memory.size() == whole.memory.size());
  for (std::size_t s = 0; s < whole.memory.size(); ++s)
    CHECK(mixed.groups[0].stages[0].memory[s].total == whole.memory[s].total);
  // energy takes each pool's longest update, the homogeneous one that of its last stage
  CHECK(mixed.energy.facility / whole.energy.facility == doctest::Approx(1).epsilon(1e-4));
}

TEST_CASE("islands of like replicas are hybrid sharding over the islands") {
  // one node each; eight replicas in each
  TrainingPlan plan = dense_plan();
  plan.layout.tensor = 1;
  plan.layout.sequence_parallel = false;
  for (const int islands : {2, 4}) {
    std::vector<MixedPool> pools;
    MixedPlan mixed{{}, plan.sequence_length};
    for (int i = 0; i < islands; ++i) {
      pools.push_back(pool_of("hgx_h100", 8));
      mixed.groups.push_back(replicas_on(static_cast<std::size_t>(i), plan, 8, 2));
    }
    for (const bool overlap : {false, true}) {
      for (MixedPlan copy = mixed; ReplicaGroup & group : copy.groups)
        group.stages[0].plan.overlap.gradient_reduce = overlap;
      for (ReplicaGroup& group : mixed.groups)
        group.stages[0].plan.overlap.gradient_reduce = overlap;
      TrainingPlan whole = plan;
      whole.overlap.gradient_reduce = overlap;
      whole.layout.data = 8 * islands;
      whole.hybrid_shard = 8;
      whole.global_batch = 16 * islands;
      const MixedCase c(pools);
      const MixedStep step = c.step(mixed);
      const TrainingEstimate estimate = homogeneous(dense_model(), whole, h100_machine());
      check_same(step, estimate);
      CHECK(step.groups[0].where.own.hidden / estimate.step.where.hidden ==
            doctest::Approx(1).epsilon(kRounding));
      // memory: one communicator more, that of the exchange
      CHECK(step.groups[0].stages[0].memory[0].total - estimate.memory[0].total ==
            h100_machine().memory_overheads.per_communicator);
      CHECK(step.energy.facility / estimate.energy.facility ==
            doctest::Approx(1).epsilon(kRounding));
    }
  }
}

TEST_CASE("a pipeline cut between like pools is the homogeneous pipeline") {
  TrainingPlan plan = dense_plan();
  plan.layout.tensor = 1;
  plan.layout.sequence_parallel = false;
  const MixedCase c({pool_of("hgx_h100", 8), pool_of("hgx_h100", 8)});
  for (const Schedule schedule :
       {Schedule::one_forward_one_backward, Schedule::zero_bubble, Schedule::gpipe}) {
    for (const bool overlap : {false, true}) {
      plan.schedule = schedule;
      plan.overlap.pipeline = overlap;
      const MixedStep step = c.step({{pipeline_of(plan, 15, 8, 6)}, plan.sequence_length});
      TrainingPlan whole = plan;
      whole.layout.pipeline = 2;
      whole.layout.data = 8;
      whole.global_batch = 48;
      whole.stage_layers = {15, 17};
      const TrainingEstimate estimate = homogeneous(dense_model(), whole, h100_machine());
      check_same(step, estimate);
      for (const std::size_t s : {0u, 1u})
        CHECK(step.groups[0].stages[s].memory[0].total == estimate.memory[s].total);
      // the border is what the homogeneous pipeline calls hand-over
      CHECK((step.groups[0].where.border + step.groups[0].where.own.pipeline) / second ==
            doctest::Approx(estimate.step.where.pipeline * estimate.maturity.factor / second));
    }
  }
}

TEST_CASE("micro-batches in flight follow the place in the whole pipeline") {
  TrainingPlan plan = dense_plan();
  plan.layout.tensor = 1;
  plan.layout.sequence_parallel = false;
  plan.layout.pipeline = 2;
  const MixedCase c({pool_of("hgx_h100", 16), pool_of("hgx_h100", 16)});
  ReplicaGroup group = pipeline_of(plan, 16, 8, 8);
  group.stages[0].stage_layers = {8, 8};
  group.stages[1].stage_layers = {8, 8};
  const MixedStep step = c.step({{group}, plan.sequence_length});
  const auto held = [&](std::size_t part, std::size_t stage) {
    return step.groups[0].stages[part].memory[stage][MemoryPartKind::activations] / byte;
  };
  // 1F1B: 4, 3, 2, 1 micro-batches of eight layers; the first also embeds, the last has the head
  CHECK(held(0, 1) / held(1, 0) == doctest::Approx(1.5));
  CHECK(held(0, 0) / held(0, 1) == doctest::Approx(4.0 / 3).epsilon(0.02));
  CHECK(held(1, 0) / held(1, 1) == doctest::Approx(2).epsilon(0.02));
}
