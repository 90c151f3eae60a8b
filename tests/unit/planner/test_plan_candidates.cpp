#include <algorithm>
#include <set>

#include "unit/planner/search_fixture.hpp"

using namespace polyfleet;

TEST_CASE("every enumerated plan can run, and none comes twice") {
  for (const bool moe : {false, true}) {
    PlanSearchQuestion question =
        small_question(moe ? small_moe_model() : small_dense_model(), 8, 16);
    question.space.activation_offload = {0};
    question.space.optimizer_offload = {0};
    question.space.recompute_layers = {0, 1};
    std::set<std::string> seen;
    std::int64_t plans = 0;
    const std::int64_t impossible = for_each_plan(question, [&](const TrainingPlan& plan) {
      ++plans;
      const Diagnostics problems =
          plan_problems(question.pool.scenario.model, plan, plan.layout.devices());
      if (!problems.empty()) FAIL_CHECK(problems.front().what);
      CHECK(plan.layout.devices() <= 8);
    });
    CHECK(impossible == 0);
    CHECK(plans > 1000);
  }
}

TEST_CASE("what cannot run is counted, not enumerated") {
  PlanSearchQuestion question = small_question(small_dense_model(), 8, 16);
  question.space.tensor = {3};  // 32 heads
  CHECK(for_each_plan(question, [](const TrainingPlan&) { FAIL_CHECK("no plan"); }) == 1);
  question.space.tensor = {1};
  question.space.expert = {2};  // no experts
  question.space.context = {1};
  question.space.data = {1, 3};  // a batch of 16
  question.space.micro_batch = {1};
  CHECK(for_each_plan(question, [](const TrainingPlan&) { FAIL_CHECK("no plan"); }) == 2);
}

namespace {

/// One stage once (all schedules are the same there), then GPipe and 1F1B for every number of
/// stages up to the devices left and to the layers.
std::int64_t splits_by_rule(int most_stages, int layers) {
  return 1 + 2 * (std::min(most_stages, layers) - 1);
}

}  // namespace

TEST_CASE("open lists hold pipelines: as many plans as a count by hand") {
  PlanSearchQuestion question = small_question(small_dense_model(), 8, 16);
  question.plan_template = [base = question.pool.scenario.plan](
                               const ParallelLayout& layout, int micro_batch, Recompute recompute) {
    TrainingPlan plan = base;
    plan.layout = layout;
    plan.micro_batch = micro_batch;
    plan.recompute = recompute;
    return plan;
  };
  PlanSpace& space = question.space;
  space.context = space.expert = space.expert_tensor = {1};
  space.schedule = {Schedule::gpipe, Schedule::one_forward_one_backward};
  space.virtual_stages = {1};
  space.recompute = {Recompute::none};
  space.sharding = {Sharding::zero1};
  space.activation_offload = {0};
  space.optimizer_offload = space.sequence_parallel = {0};
  space.gradient_overlap = space.parameter_overlap = space.pipeline_overlap = {1};
  std::int64_t wanted = 0, seen = 0, piped = 0, most = 0;
  for (const int tensor : {1, 2, 4, 8}) {  // divide 32 heads
    for (const int data : {1, 2, 4, 8}) {  // divide a batch of 16
      if (tensor * data > 8) continue;
      for (const int micro_batch : {1, 2, 4, 8, 16}) {
        if (16 / data % micro_batch == 0) wanted += splits_by_rule(8 / (tensor * data), 8);
      }
    }
  }
  for_each_plan(question, [&](const TrainingPlan& plan) {
    piped += plan.layout.pipeline > 1 ? 1 : 0;
    most = std::max<std::int64_t>(most, plan.layout.pipeline);
    ++seen;
  });
  CHECK(seen == wanted);
  CHECK(piped > 0);
  CHECK(most == 8);
  const PlanSearchResult result = search_plans(question, {});
  CHECK(result.counts.impossible == 0);
  CHECK(result.counts.plans == wanted);
}
