// What the search keeps and shares between plans, against the same worked out afresh for each.
#include "cost/shape_memo.hpp"
#include "planner/memory_check.hpp"
#include "planner/mixed_cuts.hpp"
#include "search_fixture.hpp"

using namespace polyfleet;

namespace {

template <class Value>
Value drawn(std::mt19937& random, std::initializer_list<Value> values) {
  return *(values.begin() + static_cast<std::ptrdiff_t>(random() % values.size()));
}

TrainingPlan drawn_plan(std::mt19937& random, const PlanSearchQuestion& question) {
  ParallelLayout layout;
  layout.tensor = drawn(random, {1, 2, 4, 8});
  layout.pipeline = drawn(random, {1, 2, 4, 8});
  layout.virtual_stages = layout.pipeline > 1 && layout.pipeline < 8 ? drawn(random, {1, 2}) : 1;
  layout.expert = question.pool.scenario.model.is_moe() ? drawn(random, {1, 2, 4}) : 1;
  layout.data = 4;
  const auto mode = drawn(random, {Recompute::none, Recompute::selective, Recompute::full});
  TrainingPlan plan = question.plan_template(layout, drawn(random, {1, 2}), mode);
  plan.schedule = layout.virtual_stages > 1 ? Schedule::interleaved
                  : layout.pipeline > 1
                      ? drawn(random, {Schedule::one_forward_one_backward, Schedule::gpipe,
                                       Schedule::zero_bubble, Schedule::dual_pipe})
                      : Schedule::one_forward_one_backward;
  plan.recompute_layers = mode == Recompute::full ? drawn(random, {0, 1, 3}) : 0;
  plan.activation_offload = drawn(random, {0.0, 0.5, 1.0});
  plan.sharding =
      drawn(random, {Sharding::none, Sharding::zero1, Sharding::zero2, Sharding::zero3});
  plan.optimizer_offload = drawn(random, {false, true});
  return plan;
}

void check_same(const StageCost& kept, const StageCost& fresh) {
  CHECK(kept.forward == fresh.forward);
  CHECK(kept.backward_input == fresh.backward_input);
  CHECK(kept.backward_weight == fresh.backward_weight);
}

/// One memory for all draws, as in a search: a key that misses what a time depends on would answer
/// for another plan.
void compare_chunks(const ModelSpec& model, unsigned seed) {
  const PlanSearchQuestion question = small_question(model, 512, 256);
  PlanEvaluator evaluator(question.pool);
  SplitShapes shapes;
  std::map<const LayerTable*, ChunkCosts> chunks;
  std::mt19937 random(seed);
  for (int draw = 0; draw < 400; ++draw) {
    const TrainingPlan plan = drawn_plan(random, question);
    LayerTable& table = evaluator.table(plan);
    SplitCosts costs(shapes.shape(model, plan), table, chunks[&table]);
    const std::span<const StageCost> kept = costs.stages(plan);
    LayerTable own(model, plan, *question.pool.machine);
    const std::vector<ChunkLayers> layers = split_layers(model, plan);
    REQUIRE(kept.size() == layers.size());
    for (std::size_t c = 0; c < layers.size(); ++c)
      check_same(kept[c], chunk_time(layers[c], plan, 0 * second, own).detail.cost);
  }
}

SearchUnit unit_of(const TrainingPlan& plan) {
  SearchUnit unit;
  unit.cut = {.tensor = plan.layout.tensor,
              .context = plan.layout.context,
              .data = plan.layout.data,
              .expert = plan.layout.expert,
              .expert_tensor = plan.layout.expert_tensor,
              .sequence_parallel = plan.layout.sequence_parallel,
              .micro_batch = plan.micro_batch,
              .micro_batches = plan.global_batch / plan.layout.data / plan.micro_batch};
  unit.split = {plan.layout.pipeline, plan.layout.virtual_stages, plan.schedule};
  return unit;
}

/// What is refused by the even share is refused by its stages too, and the quick answers say of a
/// limit what the whole list of stages says.
void compare_memory(const ModelSpec& model, unsigned seed) {
  const PlanSearchQuestion question = small_question(model, 512, 256);
  const SearchedPool pool{.name = "pool",
                          .question = question.pool,
                          .plan_template = question.plan_template,
                          .space = {}};
  MixedCounts counts;
  PoolCuts cuts(pool, counts);
  PlanEvaluator evaluator(question.pool);
  const MemoryOverheads& overheads = question.pool.machine->memory_overheads;
  SplitShapes shapes;
  MemoryCheck memory(overheads);
  TrainingPlan whole = question.pool.scenario.plan;
  const ChunkLayers all = split_layers(model, whole).front();
  std::mt19937 random(seed);
  int refused_evenly = 0, refused = 0;
  for (int draw = 0; draw < 400; ++draw) {
    const TrainingPlan plan = drawn_plan(random, question);
    LayerWorks& works = evaluator.table(plan).works();
    const SearchUnit unit = unit_of(plan);
    StageSet stages(shapes.shape(model, plan), plan, works);
    const PlanSwitches switches[] = {
        {.sharding = plan.sharding, .optimizer_offload = plan.optimizer_offload},
        {.sharding = Sharding::zero1, .optimizer_offload = false}};
    constexpr Bytes kAll = Bytes::from_base(1e30);
    const Bytes least = memory.least(unit, plan, stages, switches, kAll);
    const Bytes limit = least * drawn(random, {0.3, 0.8, 0.95, 0.999, 1.0, 1.2});
    const bool evenly =
        memory.exceeds_evenly(unit, plan, held_parameters(all, works), switches, limit);
    if (evenly) CHECK(least > limit);
    refused_evenly += evenly ? 1 : 0;
    refused += least > limit ? 1 : 0;
    const Bytes quick = memory.least(unit, plan, stages, switches, limit);
    if (least <= limit) CHECK(quick == least);
    if (least > limit) CHECK(quick > limit);
    const std::vector<StageMemory> every = plan_memory(model, plan, overheads);
    const Bytes fullest = every[fullest_stage(every)].total;
    CHECK(cuts.fits(plan, fullest));
    CHECK_FALSE(cuts.fits(plan, fullest * (1 - 1e-9)));
    CHECK(memory.fullest(unit, plan, stages, kAll) == fullest);
  }
  CHECK(refused_evenly > refused / 4);  // it does refuse, or it would be no use
}

}  // namespace

TEST_CASE("the times of chunks that splits share are those of each chunk worked out afresh") {
  compare_chunks(small_dense_model(), 1);
  compare_chunks(small_moe_model(), 2);
}

TEST_CASE("memory seen by few stages or by the even share refuses what all stages refuse") {
  compare_memory(small_dense_model(), 3);
  compare_memory(small_moe_model(), 4);
}

TEST_CASE("a memo of kernel times answers each shape with its own time however much it grows") {
  const ShapeMemo memo;
  const auto key = [](int shape) {
    ShapeMemo::Key made{};
    made[static_cast<std::size_t>(shape) % made.size()] = shape;
    return made;
  };
  int computed = 0;
  const auto asked = [&](int shape) {
    return memo.get(key(shape), [&] {
      ++computed;
      return KernelTime{.time = shape * second, .sigma = 0, .fidelity = Fidelity::analytic_fit};
    });
  };
  for (int shape = 1; shape <= 100000; ++shape) CHECK(asked(shape).time == shape * second);
  CHECK(computed == 100000);
  for (int shape = 1; shape <= 100000; shape += 7) CHECK(asked(shape).time == shape * second);
  const int before = computed;
  for (int shape = 1; shape <= 10; ++shape) CHECK(asked(shape).time == shape * second);
  for (int shape = 1; shape <= 10; ++shape) CHECK(asked(shape).time == shape * second);
  CHECK(computed <= before + 10);  // what was just asked is known
}
