// What plan reports say and choose: counts that sum, a front that shows its ends, families in a few
// rows.
#include <doctest/doctest.h>

#include "report/plan_families.hpp"
#include "report/plan_rows.hpp"
#include "report/plan_text.hpp"

using namespace polyfleet;

namespace {

PlannedPlan plan_of(double seconds, double joules, double head_room) {
  PlannedPlan plan;
  plan.time = seconds * second;
  plan.energy = joules * joule;
  plan.cost = Usd::from_base(seconds);
  plan.head_room = head_room;
  return plan;
}

PlanFamily family_of(const char* value, std::optional<double> seconds, const char* why) {
  PlanFamily family;
  family.dimension = "tensor parallel";
  family.value = value;
  family.plans = 10;
  family.exact = true;
  family.why = why;
  if (seconds) {
    family.fitting = 5;
    family.best_time = *seconds * second;
  }
  return family;
}

}  // namespace

TEST_CASE("numbers are grouped by thousands") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(6582816) == "6,582,816");
  CHECK(grouped(-1234567) == "-1,234,567");
}

TEST_CASE("counts name every part that is not empty") {
  PlanCounts counts;
  counts.plans = 1010;
  counts.evaluated = 10;
  counts.bounded = 1000;
  const std::string text = counts_text(counts);
  CHECK(text == "searched 1,010 plans: 10 evaluated exactly, 1,000 passed over by proven bounds\n");
}

TEST_CASE("a cut leaves out what says nothing") {
  TrainingPlan plan;
  plan.layout = {.tensor = 8, .pipeline = 4, .virtual_stages = 2, .data = 3};
  CHECK(cut_text(plan) == "TP 8 x PP 4 x CP 1 x DP 3, virtual stages 2");
  plan.recompute = Recompute::full;
  plan.recompute_layers = 3;
  plan.schedule = Schedule::interleaved;
  CHECK(settings_text(plan) ==
        "micro-batch 1, schedule interleaved, sharding zero1, recompute full 3 layers a stage");
}

TEST_CASE("of the front its best in each measure are shown, and some between") {
  std::vector<PlannedPlan> front;
  for (int i = 0; i < 40; ++i) front.push_back(plan_of(1 + i, 100 - i, 0.01 * i));
  const FrontChoice choice = chosen_front(front, 8);
  REQUIRE(choice.shown.size() == choice.best_in.size());
  CHECK(choice.shown.size() <= 8);
  CHECK(choice.shown.size() > 4);
  CHECK(choice.shown[0] == 0);
  CHECK(choice.best_in[0] == "time, cost");
  CHECK(choice.best_in[1] == "energy, free memory");
  CHECK(choice.shown[1] == 39);
}

TEST_CASE("families that lost stand behind the best, those without a plan in one row") {
  PlanSearchQuestion question;
  PlanSearchResult result;
  result.best = {plan_of(2, 1, 0.1)};
  result.families = {family_of("1", std::nullopt, "none fits"),
                     family_of("2", std::nullopt, "none fits"),
                     family_of("4", 3.0, "exposed"),
                     family_of("8", 2.0, ""),
                     family_of("16", 5.0, "slow links"),
                     family_of("32", 9.0, "slower links")};
  const RunQuestion run;
  const PlanAnswer answer{.question = question,
                          .result = result,
                          .best = {},
                          .pinned = {},
                          .limits = {},
                          .would_fit = {},
                          .stated = {},
                          .run_question = run};
  const std::string text = families_text(answer, {});
  CHECK(text.find("1, 2") != std::string::npos);
  CHECK(text.find("at least x 1.500") != std::string::npos);  // a bound, no plan
  CHECK(text.find("exposed") != std::string::npos);
  CHECK(text.find("16, 32") != std::string::npos);
  CHECK(text.find("x 2.500 to x 4.500") != std::string::npos);
  CHECK(text.find("x 1.000") == std::string::npos);  // the best plan's own family did not lose
}
