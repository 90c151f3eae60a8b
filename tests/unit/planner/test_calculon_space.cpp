// Calculon's own space: its count, what its configurations mean, and the optimum against brute
// force on small spaces and on a random sample of the big one.
#include "planner/calculon_space.hpp"
#include "unit/planner/plan_counts.hpp"
#include "unit/planner/search_fixture.hpp"
#include "workload/model_reader.hpp"

using namespace polyfleet;

namespace {

PlanSearchQuestion gpt3_question() {
  auto model = load_model(POLYFLEET_SOURCE_DIR "/data/models/gpt3-175b.toml");
  REQUIRE(model);
  PlanSearchQuestion question = small_question(*model, 512, 512);
  question.pool.machine = &machine_number(2);  // A100
  question.with_front = false;
  return question;
}

std::optional<double> rate_of(const PlanSearchQuestion& question, const TrainingPlan& plan) {
  if (!plan_problems(question.pool.scenario.model, plan, plan.layout.devices()).empty()) return {};
  const TrainingEstimate estimate = estimate_of(question, plan);
  if (!estimate.fits_in_memory) return {};
  return estimate.tokens_per_step / (estimate.time / second);
}

}  // namespace

TEST_CASE("Calculon counts 6,582,816 configurations of GPT-3 175B on 512 A100") {
  const PlanSearchQuestion question = gpt3_question();
  std::int64_t meanings[3] = {0, 0, 0};
  const std::int64_t count = for_each_calculon(
      question.pool.scenario.model, 2048, {}, [&](const CalculonConfiguration& each) {
        ++meanings[static_cast<std::size_t>(calculon_mapping(each, 8).meaning)];
      });
  CHECK(count == 6582816);  // as the published tool states for this model, 512 devices, batch 512
  const CalculonSearchResult result = search_calculon(question, {}, {});
  CHECK(result.counts.plans == count);
  CHECK(sum_of(result.counts) == count);
  CHECK(result.counts.impossible == meanings[2]);
  const PlanCounts& counts = result.counts;
  CHECK(counts.too_large + counts.bounded + counts.evaluated + counts.equal ==
        meanings[0] + meanings[1]);
}

TEST_CASE("no sampled configuration that fits beats the optimum found") {
  const PlanSearchQuestion question = gpt3_question();
  const CalculonSearchResult result = search_calculon(question, {}, {});
  REQUIRE(!result.best.empty());
  std::mt19937 random(20261122);
  int fitting = 0;
  double best = 0;
  for_each_calculon(question.pool.scenario.model, 2048, {}, [&](const CalculonConfiguration& each) {
    if (random() % 1500 != 0) return;
    if (calculon_mapping(each, 8).meaning == CalculonMeaning::impossible) return;
    const auto rate = rate_of(question, calculon_plan(question, each));
    if (!rate) return;
    ++fitting;
    best = std::max(best, *rate);
  });
  CHECK(fitting > 30);
  CHECK(best <= result.best.front().tokens_per_second);
  CHECK(best > 0.3 * result.best.front().tokens_per_second);
}

TEST_CASE("full small spaces of Calculon: the optimum of every configuration") {
  for (const int devices : {4, 8, 16}) {
    PlanSearchQuestion question = small_question(small_dense_model(), devices, 16);
    question.pool.machine = &machine_number(2);
    const CalculonSearchSpace space{.devices = devices, .most_batch = 16};
    double best = 0;
    std::int64_t own = 0, impossible = 0;
    const std::int64_t count = for_each_calculon(
        question.pool.scenario.model, 2048, space, [&](const CalculonConfiguration& each) {
          const CalculonMeaning meaning = calculon_mapping(each, 8).meaning;
          own += meaning == CalculonMeaning::own_plan ? 1 : 0;
          impossible += meaning == CalculonMeaning::impossible ? 1 : 0;
          if (meaning == CalculonMeaning::impossible) return;
          if (const auto rate = rate_of(question, calculon_plan(question, each)))
            best = std::max(best, *rate);
        });
    const CalculonSearchResult result = search_calculon(question, space, {});
    CHECK(result.counts.plans == count);
    CHECK(sum_of(result.counts) == count);
    CHECK(result.counts.impossible == impossible);
    const PlanCounts& counts = result.counts;
    CHECK(counts.too_large + counts.bounded + counts.evaluated <= own);
    REQUIRE(!result.best.empty());
    CHECK(result.best.front().tokens_per_second == best);
  }
}
