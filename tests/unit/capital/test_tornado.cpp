#include <doctest/doctest.h>

#include <cmath>

#include "capital/scenario_tree.hpp"
#include "capital/tornado.hpp"
#include "futures_fixture.hpp"

using namespace polyfleet_test;

namespace {

constexpr double kZ90 = 1.2815515655446004;

std::size_t at(const std::vector<Outcome>& outcomes, const char* id) {
  const int index = outcome_index(outcomes, id);
  REQUIRE_MESSAGE(index >= 0, id);
  return static_cast<std::size_t>(index);
}

const TornadoBar& bar_of(const Tornado& tornado, const std::string& id) {
  for (const TornadoBar& bar : tornado.bars)
    if (tornado.inputs[static_cast<std::size_t>(bar.input)].id == id) return bar;
  FAIL("no bar " << id);
  return tornado.bars[0];
}

SmallStudy on_time() {
  SmallStudy study;
  for (FleetPhase& phase : study.model.phases) phase.delay.quarters = {1};
  return study;
}

ScenarioBranch branch_of(const char* name, double probability, const char* after = "") {
  ScenarioBranch branch;
  branch.name = name;
  branch.after = after;
  branch.probability = probability;
  return branch;
}

}  // namespace

TEST_CASE("a bar moves one input to its tenths and nothing else") {
  SmallStudy study = on_time();
  study.spec.hardware_price.correlation = 1;
  const Tornado answer = tornado(study.question(), 2);
  const std::size_t capital = at(answer.outcomes, "hardware_capital");
  const TornadoBar& bar = bar_of(answer, "hardware_price:AMD");
  // Two phases of AMD and two of NVIDIA, 10 billion each.
  CHECK(answer.median[capital] == doctest::Approx(-4e10));
  CHECK(bar.low[capital] == doctest::Approx(-2e10 - 2e10 * std::exp(-0.15 * kZ90)));
  CHECK(bar.high[capital] == doctest::Approx(-2e10 - 2e10 * std::exp(0.15 * kZ90)));
  CHECK(bar.low[at(answer.outcomes, "tokens")] == answer.median[at(answer.outcomes, "tokens")]);
}

TEST_CASE("members of a group move as far as their mean does") {
  SmallStudy study = on_time();  // two workloads, correlation 0.5: sqrt(0.5 + 0.5 / 2)
  const Tornado answer = tornado(study.question(), 1);
  const std::size_t tokens = at(answer.outcomes, "tokens");
  CHECK(bar_of(answer, "demand").high[tokens] / answer.median[tokens] ==
        doctest::Approx(std::exp(0.2 * kZ90 * std::sqrt(0.75))));
}

TEST_CASE("bars are sorted by their width") {
  const Tornado answer = tornado(on_time().question(), 1);
  const int tokens = static_cast<int>(at(answer.outcomes, "tokens"));
  const std::vector<int> order = answer.sorted_for(tokens);
  REQUIRE(order.size() == answer.bars.size());
  for (std::size_t i = 1; i < order.size(); ++i)
    CHECK(answer.width(order[i - 1], tokens) >= answer.width(order[i], tokens));
  CHECK(
      answer.inputs[static_cast<std::size_t>(answer.bars[static_cast<std::size_t>(order[0])].input)]
          .id == "demand");
}

TEST_CASE("an event is shown without and with; of several phases the largest is lost") {
  SmallStudy study = on_time();
  study.spec.cancellation.probability = 0.05;
  study.model.phases[1].power = 2 * gigawatt;
  const Tornado answer = tornado(study.question(), 1);
  const TornadoBar& bar = bar_of(answer, "cancellation:AMD");
  CHECK(bar.low == answer.median);
  CHECK(std::isinf(bar.high[at(answer.outcomes, "day.amd_openai.2gw")]));
  CHECK_FALSE(std::isinf(bar.high[at(answer.outcomes, "day.amd_openai.1gw")]));
}

TEST_CASE("a stopped tornado has no bars that were not done") {
  const std::atomic<bool> stop{true};
  const Tornado answer = tornado(on_time().question(), 2, &stop);
  CHECK(answer.interrupted);
  CHECK(answer.bars.empty());
}

TEST_CASE("leaves of a tree sum to one and name their way") {
  UncertaintySpec spec;
  spec.branches = {branch_of("AMD late", 0.4), branch_of("AMD lost", 0.25, "AMD late"),
                   branch_of("NVIDIA late", 0.2)};
  const std::vector<ScenarioLeaf> leaves = scenario_leaves(small_fleet(), spec);
  REQUIRE(leaves.size() == 4);
  CHECK(leaves[0].name == "AMD late, then AMD lost");
  CHECK(leaves[0].probability == doctest::Approx(0.1));
  CHECK(leaves[1].name == "AMD late, then nothing more");
  CHECK(leaves[1].probability == doctest::Approx(0.3));
  CHECK(leaves[2].name == "NVIDIA late");
  CHECK(leaves[3].name == "as planned");
  CHECK(leaves[3].probability == doctest::Approx(0.4));
}

TEST_CASE("branches delay, lose and scale what they name, one on top of the other") {
  const FleetModel model = small_fleet();
  UncertaintySpec spec;
  ScenarioBranch late = branch_of("late", 1), lost = branch_of("lost", 1, "late");
  late.vendor = "AMD";
  late.delay_months = 6;
  late.hardware_price = 0.8;
  lost.vendor = "AMD";
  lost.lost_after = 1.0;
  lost.demand = 1.5;
  spec.branches = {late, lost};
  const std::vector<ScenarioLeaf> leaves = scenario_leaves(model, spec);
  REQUIRE(leaves.size() == 1);
  const FleetVariation& variation = leaves[0].variation;
  CHECK(variation.delay_hours == std::vector<int>{183 * 24, 183 * 24, 0, 0});
  CHECK(variation.cancelled == std::vector<bool>{false, true, false, false});
  CHECK(variation.hardware_price == std::vector<double>{0.8, 1});
  CHECK(variation.demand == std::vector<double>{1.5, 1.5});
}

TEST_CASE("a loss from a day on takes what has not begun, with its delay") {
  UncertaintySpec spec;
  ScenarioBranch lost = branch_of("lost", 1);
  lost.lost_from = CalendarDate{2027, 5, 1};
  spec.branches = {lost};
  CHECK(scenario_leaves(small_fleet(), spec)[0].variation.cancelled ==
        std::vector<bool>{false, true, false, true});
  ScenarioBranch late = branch_of("late", 1);
  late.delay_months = 4;
  spec.branches = {late, lost};
  spec.branches[1].after = "late";
  CHECK(scenario_leaves(small_fleet(), spec)[0].variation.cancelled ==
        std::vector<bool>{true, true, true, true});
}

TEST_CASE("expected values weigh the leaves") {
  SmallStudy study = on_time();
  ScenarioBranch dear = branch_of("dear", 0.25), lost = branch_of("lost", 0.25);
  dear.hardware_price = 2;
  lost.program = "amd_openai";
  lost.lost_after = 0.0;
  study.spec.branches = {dear, lost};
  const ScenarioTree tree = scenario_tree(study.question(), 2);
  REQUIRE(tree.leaves.size() == 3);
  const std::size_t capital = at(tree.outcomes, "hardware_capital");
  CHECK(tree.expected[capital] == doctest::Approx(-4e10 * (0.25 * 2 + 0.25 * 0.5 + 0.5)));
  CHECK(std::isinf(tree.expected[at(tree.outcomes, "day.amd_openai.1gw")]));
}

TEST_CASE("a fleet without branches has the plan as its only leaf") {
  const SmallStudy study = on_time();
  const ScenarioTree tree = scenario_tree(study.question(), 1);
  REQUIRE(tree.leaves.size() == 1);
  CHECK(tree.leaves[0].values == tree.expected);
}
