// Verification by simulation: replicas whose iterations take a millisecond, so that what the
// cluster finds is known beforehand.
#include <doctest/doctest.h>

#include "planner/serving_verify.hpp"
#include "serving_fixture.hpp"
#include "traffic/open_traffic.hpp"

namespace polyfleet {
namespace {

Result<std::unique_ptr<RequestSource>> poisson(double rate, std::int64_t requests) {
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

VerifiedPlan verified(const ServingPlanQuestion& question, const ServingPlan& plan) {
  VerifyOptions options;
  options.requests = 300;
  options.most_requests = 1000;
  const Result<VerifiedPlan> result =
      verify_serving_plan(question, plan, fake_models(question), poisson, options);
  REQUIRE_MESSAGE(result.has_value(),
                  to_text(result.has_value() ? Diagnostics{} : result.problems()));
  return *result;
}

ServingPlan proposed(const ServingPlanQuestion& question) {
  const ServingPlanResult result = search_serving_plans(question, fake_models(question));
  REQUIRE_FALSE(result.best.empty());
  return result.best.front();
}

}  // namespace

TEST_CASE("targets that the simulation meets with room to spare shrink the plan") {
  ServingPlanQuestion question = fake_question();
  question.arrangement = ServingArrangement::aggregated;
  question.mix = false;
  const ServingPlan plan = proposed(question);
  const VerifiedPlan result = verified(question, plan);
  CHECK(result.met);
  CHECK(result.report.lost == 0);
  // A token takes one iteration of a millisecond, however many replicas there are.
  CHECK(result.measured.tpot / millisecond == doctest::Approx(1).epsilon(0.01));
  CHECK(result.plan.accelerators <= plan.accelerators);
  CHECK(result.runs.front().replicas.front() == plan.pools.front().replicas);
  CHECK(result.runs.size() <= 8);
  CHECK_FALSE(broken_limit(question, result.plan).has_value());
  double rate = 0;
  for (const PlannedPool& pool : result.plan.pools)
    rate += static_cast<double>(pool.replicas) * pool.point.requests_per_second;
  CHECK(rate == doctest::Approx(question.demand.requests_per_second));
}

TEST_CASE("a target below one iteration is missed whatever the number of replicas, and told") {
  ServingPlanQuestion question = fake_question();
  question.arrangement = ServingArrangement::aggregated;
  question.mix = false;
  const ServingPlan plan = proposed(question);
  question.targets.tpot.most = 0.5 * millisecond;
  const VerifiedPlan result = verified(question, plan);
  CHECK_FALSE(result.met);
  CHECK(result.runs.size() == 8);
  for (const VerifyRun& run : result.runs) CHECK(run.missed == "TPOT");
  CHECK(result.plan.accelerators > plan.accelerators);
  CHECK(result.note.find("TPOT") != std::string::npos);
}

TEST_CASE("stock stops the growth") {
  ServingPlanQuestion question = fake_question();
  question.arrangement = ServingArrangement::aggregated;
  question.mix = false;
  const ServingPlan plan = proposed(question);
  for (ServingOffer& offer : question.offers) offer.stock = plan.accelerators;
  question.targets.tpot.most = 0.5 * millisecond;
  const VerifiedPlan result = verified(question, plan);
  CHECK_FALSE(result.met);
  CHECK(result.runs.size() == 1);
  CHECK(result.plan.accelerators == plan.accelerators);
  CHECK(result.note.find("stock") != std::string::npos);
}

TEST_CASE("prefill and decode apart: only the pools of the missed phase grow") {
  ServingPlanQuestion question = fake_question();
  question.arrangement = ServingArrangement::disaggregated;
  question.mix = false;
  const ServingPlan plan = proposed(question);
  question.targets.tpot.most = 0.5 * millisecond;
  const VerifiedPlan result = verified(question, plan);
  REQUIRE(result.plan.pools.size() == 2);
  CHECK(result.plan.pools[0].replicas == plan.pools[0].replicas);
  CHECK(result.plan.pools[1].replicas > plan.pools[1].replicas);
}

TEST_CASE("the same plan and seed give the same figures") {
  const ServingPlanQuestion question = fake_question();
  const ServingPlan plan = proposed(question);
  const VerifiedPlan one = verified(question, plan), other = verified(question, plan);
  CHECK(one.measured.ttft == other.measured.ttft);
  CHECK(one.measured.end_to_end == other.measured.end_to_end);
  CHECK(one.plan.accelerators == other.plan.accelerators);
}

}  // namespace polyfleet
