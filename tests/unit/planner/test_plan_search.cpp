#include "unit/planner/search_fixture.hpp"

using namespace polyfleet;

namespace {

std::int64_t sum_of(const PlanCounts& counts) {
  return counts.impossible + counts.too_large + counts.refused + counts.bounded + counts.equal +
         counts.evaluated + counts.untouched;
}

}  // namespace

TEST_CASE("the best plan of a small space is the best of all its plans") {
  PlanSearchQuestion question = small_question(small_dense_model(), 4, 8);
  question.space.activation_offload = {0};
  question.space.recompute_layers = {0};
  const PlanSearchResult result = search_plans(question, {});
  std::optional<Seconds> best;
  std::int64_t plans = 0;
  for_each_plan(question, [&](const TrainingPlan& plan) {
    ++plans;
    const TrainingEstimate estimate = estimate_of(question, plan);
    if (estimate.fits_in_memory && (!best || estimate.time < *best)) best = estimate.time;
  });
  REQUIRE(best);
  REQUIRE(!result.best.empty());
  CHECK(result.best.front().time == *best);
  CHECK(result.counts.plans == plans);
  CHECK(sum_of(result.counts) == plans);
}
