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
