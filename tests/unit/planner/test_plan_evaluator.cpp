// Plans that share layer works and times answer as if each were alone.
#include "planner/plan_evaluator.hpp"
#include "unit/planner/search_fixture.hpp"

using namespace polyfleet;

TEST_CASE("shared works change no answer, whatever was asked before") {
  const PlanSearchQuestion question = small_question(small_dense_model(), 16, 32);
  PlanEvaluator evaluator(question.pool);
  RecomputeModules all;
  all.norm = all.activation = all.mlp = true;
  int answered = 0;
  for (const RecomputeModules& modules : {RecomputeModules{}, all, RecomputeModules{}}) {
    for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
      for (const int tensor : {1, 2}) {
        TrainingPlan plan = question.pool.scenario.plan;
        plan.layout.tensor = tensor;
        plan.layout.data = 16 / tensor;
        plan.recompute = recompute;
        plan.recompute_modules = modules;
        TrainingScenario scenario = question.pool.scenario;
        scenario.plan = plan;
        scenario.devices = 16;
        const TrainingEstimate alone =
            estimate_training(scenario, *question.pool.machine, *question.pool.models,
                              question.pool.prices, {.software_maturity = !question.pool.strict});
        const TrainingEstimate shared = evaluator.estimate(plan, {});
        CHECK(shared.time == alone.time);
        CHECK(shared.memory.front().total == alone.memory.front().total);
        ++answered;
      }
    }
  }
  CHECK(answered == 18);
}
