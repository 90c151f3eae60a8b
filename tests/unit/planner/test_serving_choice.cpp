// Which proposal is the plan: replicas whose simulation is slower than the closed form promises, so
// that the cheapest proposal is not the cheapest plan; budget, stop and fates.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "planner/serving_choice.hpp"
#include "serving_fixture.hpp"
#include "traffic/open_traffic.hpp"

namespace polyfleet {
namespace {

Result<std::unique_ptr<RequestSource>> steady_stream(double rate, std::int64_t requests) {
  SourceSpec source;
  source.rate = rate * hertz;
  source.requests = requests;
  RequestShape shape;
  shape.input.tokens = 1000;
  shape.output.tokens = 200;
  source.shapes = {shape};
  TrafficSpec spec;
  spec.sources = {source};
  return open_traffic(spec, 7);
}

/// Two offers; the simulation of amber takes longer the more it decodes at once.
struct ChoiceWorld {
  ServingPlanQuestion question = fake_question();
  std::vector<std::pair<std::string, FakeSpeed>> speeds{{"amber", {9000, 900, 0.02, 200, 1200, 1}},
                                                        {"noir", {9000, 900, 0.02, 200, 1200, 1}}};
  VerifyOptions options;
  TrafficMaker traffic = steady_stream;

  ChoiceWorld() {
    question.arrangement = ServingArrangement::aggregated;
    question.mix = false;
    question.kinds = fake_kinds(2, {1}, {"bf16"});
    question.top = question.keep = 40;
    question.offers[0].price = 2.0 * usd_per_hour;
    question.offers[1].price = 2.1 * usd_per_hour;
    options.requests = 300;
    options.most_requests = 1000;
  }
  std::vector<ServingPlan> proposals() const {
    return search_serving_plans(question, FakeModels(question, speeds)).best;
  }
  /// Amber cannot keep its proposal's load in simulation, and can with a fifth more replicas.
  void slow_amber() {
    const double rate = proposals().front().pools.front().point.requests_per_second;
    speeds[0].second.seconds_a_sequence = 1.1 / (200 * rate);
  }
  CheckedProposals checked(std::size_t budget) const {
    const FakeModels models(question, speeds);
    ServingTrials trials(question, models, traffic, options);
    const Result<CheckedProposals> result = check_proposals(proposals(), trials, budget);
    REQUIRE(result.has_value());
    return *result;
  }
  const std::string& offer_of(const VerifiedPlan& plan) const {
    return question.offers[question.kinds[plan.plan.pools.front().kind].offer].name;
  }
};

double dollars(const ServingPlan& plan) { return *plan.cost / usd_per_hour; }

std::ptrdiff_t fates(const CheckedProposals& checked, ProposalFate fate) {
  return std::count(checked.fates.begin(), checked.fates.end(), fate);
}

}  // namespace

TEST_CASE("the first proposal needs more replicas: the second, cheaper then, is the plan") {
  ChoiceWorld world;
  world.slow_amber();
  const CheckedProposals one = world.checked(1);
  REQUIRE(one.verified.size() == 1);
  CHECK(world.offer_of(one.verified.front()) == "amber");
  CHECK(one.verified.front().plan.accelerators > one.verified.front().proposed.accelerators);
  CHECK(fates(one, ProposalFate::over_budget) == 1);
  REQUIRE(one.left_from.has_value());
  CHECK(*one.left_from < *one.verified.front().plan.cost / (usd / second));

  const CheckedProposals all = world.checked(20);
  REQUIRE(all.verified.size() == 2);
  CHECK(world.offer_of(all.verified.front()) == "noir");
  CHECK(all.verified.front().met);
  CHECK(dollars(all.verified.front().plan) < dollars(one.verified.front().plan));
  CHECK_FALSE(all.left_from.has_value());
  CHECK_FALSE(all.interrupted);
  // Amber is left as soon as it could only be dearer: not simulated to its end.
  CHECK(fates(all, ProposalFate::given_up) == 1);
  CHECK(all.verified.back().runs.size() < one.verified.front().runs.size());
}

TEST_CASE("what is chosen is the best of every proposal simulated to its end") {
  for (const ServingObjective objective :
       {ServingObjective::cost, ServingObjective::energy, ServingObjective::accelerators,
        ServingObjective::carbon}) {
    for (const ServingArrangement arrangement :
         {ServingArrangement::aggregated, ServingArrangement::disaggregated}) {
      CAPTURE(name_of(objective));
      ChoiceWorld world;
      world.question.kinds = fake_kinds(2, {1, 2}, {"bf16", "fp8"});
      world.question.arrangement = arrangement;
      world.slow_amber();
      world.question.objective = objective;
      const FakeModels models(world.question, world.speeds);
      double best = std::numeric_limits<double>::infinity();
      std::vector<std::string> seen;
      for (const ServingPlan& proposal : world.proposals()) {
        const Result<VerifiedPlan> alone =
            verify_serving_plan(world.question, proposal, models, world.traffic, world.options);
        REQUIRE(alone.has_value());
        std::string pools;
        for (const PlannedPool& pool : proposal.pools) pools += std::to_string(pool.kind) + ' ';
        // Of equal pools the first proposal is simulated.
        if (std::find(seen.begin(), seen.end(), pools) != seen.end()) continue;
        seen.push_back(pools);
        if (alone->met) best = std::min(best, *objective_of(alone->plan, objective));
      }
      const CheckedProposals checked = world.checked(1000);
      REQUIRE(checked.verified.front().met);
      CHECK(*objective_of(checked.verified.front().plan, objective) ==
            doctest::Approx(best).epsilon(1e-9));
    }
  }
}

TEST_CASE("a proposal that holds is not made smaller where that has more of the objective") {
  ChoiceWorld world;
  world.question.objective = ServingObjective::latency;
  for (const VerifiedPlan& each : world.checked(20).verified)
    CHECK(each.plan.accelerators >= each.proposed.accelerators);
}

TEST_CASE("every proposal has a fate, and numbers of replicas of the same pools are one check") {
  const ChoiceWorld world;
  const std::vector<ServingPlan> proposals = world.proposals();
  const CheckedProposals checked = world.checked(20);
  REQUIRE(checked.fates.size() == proposals.size());
  CHECK(fates(checked, ProposalFate::same_pools) ==
        static_cast<std::ptrdiff_t>(proposals.size()) - 2);
  int runs = 0;
  for (const VerifiedPlan& each : checked.verified) runs += static_cast<int>(each.runs.size());
  CHECK(runs == checked.runs);
  CHECK(checked.fates.front() == ProposalFate::holds);
}

TEST_CASE("nothing is simulated without a budget") {
  const CheckedProposals checked = ChoiceWorld().checked(0);
  CHECK(checked.verified.empty());
  CHECK(checked.fates.empty());
  CHECK(checked.runs == 0);
}

TEST_CASE("a stop before the first simulation and after it") {
  ChoiceWorld world;
  world.slow_amber();
  std::atomic<bool> stop{true};
  world.options.stop = &stop;
  const CheckedProposals before = world.checked(20);
  CHECK(before.interrupted);
  CHECK(before.verified.empty());
  CHECK(fates(before, ProposalFate::stopped) == 2);

  stop = false;
  int streams = 0;
  world.traffic = [&](double rate, std::int64_t requests) {
    stop = ++streams > 1;
    return steady_stream(rate, requests);
  };
  const CheckedProposals after = world.checked(20);
  CHECK(after.interrupted);
  REQUIRE(after.verified.size() >= 1);
  CHECK(after.runs >= 1);
  CHECK(after.runs <= 2);
  CHECK(after.left_from.has_value());
}

TEST_CASE("a search that is stopped says so and proposes what it has") {
  const ServingPlanQuestion question = fake_question();
  std::atomic<bool> stop{true};
  const ServingPlanResult none = search_serving_plans(question, fake_models(question), {}, &stop);
  CHECK(none.interrupted);
  CHECK(none.best.empty());
  CHECK_FALSE(none.best_effort.has_value());
  stop = false;
  const ServingPlanResult some = search_serving_plans(
      question, fake_models(question), [&](const ServingPlan&) { stop = true; }, &stop);
  CHECK(some.interrupted);
  CHECK_FALSE(some.best.empty());
  CHECK_FALSE(search_serving_plans(question, fake_models(question)).interrupted);
}

}  // namespace polyfleet
