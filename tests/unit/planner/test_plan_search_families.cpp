#include <map>

#include "unit/planner/search_fixture.hpp"

using namespace polyfleet;

TEST_CASE("families count every plan once in each degree of freedom, and their best are true") {
  PlanSearchQuestion question = small_question(small_moe_model(), 16, 16);
  question.space.micro_batch = {1, 2};
  question.space.context = {1, 2};
  question.space.recompute_layers = {0, 1};
  question.space.pipeline = {1, 2, 4};
  question.space.activation_offload = {0, 1};
  const PlanSearchResult result = search_plans(question, {});
  std::map<std::string, std::int64_t> plans;
  for (const PlanFamily& family : result.families) {
    plans[family.dimension] += family.plans;
    CAPTURE(family.dimension);
    CAPTURE(family.value);
    CHECK_FALSE(family.why.empty());
    if (family.best_time) CHECK(*family.best_time >= result.best.front().time);
    if (!family.exact || !family.best) continue;
    CHECK(*family.best_time == family.best->time);
    CHECK(estimate_of(question, family.best->plan).time == family.best->time);
  }
  CHECK(plans.size() >= 12);
  for (const auto& [dimension, count] : plans) {
    CAPTURE(dimension);
    CHECK(count == result.counts.plans - result.counts.impossible);
  }
}

TEST_CASE("an exact family is the optimum of its pinned space") {
  PlanSearchQuestion question = small_question(small_dense_model(), 8, 16);
  question.space.micro_batch = {1, 2};
  question.space.context = {1};
  question.space.recompute_layers = {0};
  question.space.activation_offload = {0};
  const PlanSearchResult result = search_plans(question, {});
  int exact = 0;
  for (const PlanFamily& family : result.families) {
    if (family.dimension != "pipeline parallel" && family.dimension != "tensor parallel") continue;
    PlanSearchQuestion pinned = question;
    (family.dimension == "tensor parallel" ? pinned.space.tensor
                                           : pinned.space.pipeline) = {std::stoi(family.value)};
    const PlanSearchResult alone = search_plans(pinned, {});
    CAPTURE(family.dimension);
    CAPTURE(family.value);
    CHECK(alone.counts.plans - alone.counts.impossible == family.plans);
    if (!family.best_time) {
      CHECK(alone.best.empty());
      continue;
    }
    REQUIRE(!alone.best.empty());
    CHECK(*family.best_time <= alone.best.front().time);
    if (family.exact) CHECK(*family.best_time == alone.best.front().time);
    exact += family.exact ? 1 : 0;
  }
  CHECK(exact >= 4);
}

TEST_CASE("a family that does not fit says by how much") {
  PlanSearchQuestion question = small_question(small_dense_model(), 4, 8);
  question.pool.scenario.model.layers = 48;
  question.space.pipeline = {1, 4};
  question.space.tensor = {1};
  question.space.context = {1};
  question.space.sharding = {Sharding::none};
  question.space.optimizer_offload = {0};
  const PlanSearchResult result = search_plans(question, {});
  for (const PlanFamily& family : result.families) {
    if (family.dimension != "pipeline parallel" || family.value != "1") continue;
    CHECK(family.fitting == 0);
    CHECK(family.why.find("GB of 80.0 GB at least") != std::string::npos);
    CHECK(family.least_memory > 80 * gigabyte);
    return;
  }
  FAIL("no such family");
}

TEST_CASE("a stated value that cannot run is a family without plans") {
  PlanSearchQuestion question = small_question(small_dense_model(), 4, 8);
  question.space.tensor = {1, 3};
  const PlanSearchResult result = search_plans(question, {});
  for (const PlanFamily& family : result.families) {
    if (family.dimension != "tensor parallel" || family.value != "3") continue;
    CHECK(family.plans == 0);
    CHECK(family.why.find("does not divide") != std::string::npos);
    return;
  }
  FAIL("no such family");
}
