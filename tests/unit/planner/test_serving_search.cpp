// The serving planner on replicas that answer from formulas: loads, limits, pairs, mixtures.
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "planner/serving_ranking.hpp"
#include "serving_fixture.hpp"

namespace polyfleet {
namespace {

ServingPlanResult answer(const ServingPlanQuestion& question) {
  return search_serving_plans(question, fake_models(question));
}

std::int64_t refused_for(const ServingPlanResult& result, ServingRefusal reason) {
  std::int64_t sum = 0;
  for (const RefusedConfigurations& group : result.refused)
    sum += group.reason == reason ? group.configurations : 0;
  return sum;
}

double cost_of(const ServingPlanResult& result) {
  return result.best.empty() ? std::numeric_limits<double>::infinity()
                             : *result.best.front().cost / usd_per_hour;
}

}  // namespace

TEST_CASE("a replica is loaded until the first target is missed") {
  // Work of a request: 1000/9000 + 200/900 s = 1/3 s; TPOT 20 ms / (1 - load) reaches 30 ms at a
  // load of 1/3, that is at 1 request a second; TTFT 111 ms / (1 - load) reaches 500 ms later.
  const ServingPlanQuestion question = fake_question();
  const FakeReplica replica({9000, 900, 0.02, 200, 1200, 1}, 1, 1);
  const ReplicaCapacity capacity =
      replica_capacity(replica, 0, PoolRole::aggregated, question.demand, question.targets);
  REQUIRE_FALSE(capacity.points.empty());
  CHECK(capacity.points.front().requests_per_second == doctest::Approx(1).epsilon(2e-3));
  CHECK(capacity.points.front().requests_per_second <= 1);
  for (const ReplicaPoint& point : capacity.points) {
    CHECK(point.state.stable);
    CHECK_FALSE(missed_target(point, PoolRole::aggregated, question.targets));
  }
  CHECK(capacity.idle.state.ttft / millisecond == doctest::Approx(111.111));
}

TEST_CASE("percentiles of the proposal: exponential waits, log-normal lengths") {
  CHECK(measured_latency(3 * second, 1 * second, 0.5, LatencyMeasure::mean) == 3 * second);
  // No spread of lengths: the wait of 2 s at p90 is 2 ln 10.
  CHECK(measured_latency(3 * second, 1 * second, 0, LatencyMeasure::p90) / second ==
        doctest::Approx(1 + 2 * 2.302585));
  // No wait: log-normal of variation 1, p50 = mean / sqrt(2).
  CHECK(measured_latency(1 * second, 1 * second, 1, LatencyMeasure::p50) / second ==
        doctest::Approx(0.70710678));
}

TEST_CASE("every configuration is counted once") {
  ServingPlanQuestion question = fake_question();
  question.kinds = fake_kinds(2, {1, 2, 3, 4}, {"bf16", "fp8"});
  const ServingPlanResult result = answer(question);
  std::int64_t refused = 0;
  for (const RefusedConfigurations& group : result.refused) refused += group.configurations;
  CHECK(refused == result.counts.refused);
  CHECK(result.counts.configurations ==
        result.counts.feasible + result.counts.dominated + result.counts.refused);
  CHECK(refused_for(result, ServingRefusal::impossible) == 4);
  CHECK(refused_for(result, ServingRefusal::memory) > 0);
  CHECK_FALSE(result.best.empty());
}

TEST_CASE("stock that binds makes two vendors share the load") {
  ServingPlanQuestion question = fake_question();
  question.arrangement = ServingArrangement::aggregated;
  question.demand.requests_per_second = 1000;  // so many that whole replicas do not matter
  question.mix = false;
  const ServingPlanResult open = answer(question);
  question.mix = true;
  REQUIRE(open.best.front().pools.size() == 1);
  const std::size_t cheapest = question.kinds[open.best.front().pools.front().kind].offer;
  question.offers[cheapest].stock = open.best.front().accelerators / 2;
  const ServingPlanResult bound = answer(question);
  REQUIRE_FALSE(bound.best.empty());
  CHECK(cost_of(bound) > cost_of(open));
  std::int64_t of_cheapest = 0;
  double rate = 0;
  for (const PlannedPool& pool : bound.best.front().pools) {
    if (question.kinds[pool.kind].offer == cheapest)
      of_cheapest += pool.replicas * pool.accelerators_per_replica;
    rate += static_cast<double>(pool.replicas) * pool.point.requests_per_second;
  }
  CHECK(bound.best.front().pools.size() > 1);
  CHECK(of_cheapest > 0);
  CHECK(of_cheapest <= *question.offers[cheapest].stock);
  CHECK(rate == doctest::Approx(question.demand.requests_per_second));
  CHECK(refused_for(bound, ServingRefusal::stock) > 0);
}

TEST_CASE("vendor shares hold among the accelerators in use") {
  ServingPlanQuestion question = fake_question();
  question.vendors = {{"AMD", ShareOf::devices, 0.4, 0.6}};
  const ServingPlanResult result = answer(question);
  REQUIRE_FALSE(result.best.empty());
  for (const ServingPlan& plan : result.best) {
    std::int64_t amd = 0;
    for (const PlannedPool& pool : plan.pools)
      amd += question.offers[question.kinds[pool.kind].offer].vendor == "AMD"
                 ? pool.replicas * pool.accelerators_per_replica
                 : 0;
    const double share = static_cast<double>(amd) / static_cast<double>(plan.accelerators);
    CHECK(share >= 0.4 - 1e-9);
    CHECK(share <= 0.6 + 1e-9);
  }
}

TEST_CASE("a power cap is held against the peak draw") {
  ServingPlanQuestion question = fake_question();
  const ServingPlanResult open = answer(question);
  question.power_cap = *open.best.front().peak_power * 0.8;
  const ServingPlanResult capped = answer(question);
  for (const ServingPlan& plan : capped.best) CHECK(*plan.peak_power <= *question.power_cap);
  CHECK(refused_for(capped, ServingRefusal::power) > 0);
  CHECK(cost_of(capped) >= cost_of(open) - 1e-9);
}

TEST_CASE("a pair has the prefill's first token and pays for moving the cache") {
  ServingPlanQuestion question = fake_question();
  question.arrangement = ServingArrangement::disaggregated;
  question.mix = false;
  const ServingPlanResult result = answer(question);
  REQUIRE_FALSE(result.best.empty());
  const ServingPlan& best = result.best.front();
  REQUIRE(best.pools.size() == 2);
  CHECK(best.pools[0].role == PoolRole::prefill);
  CHECK(best.pools[1].role == PoolRole::decode);
  CHECK(best.mean.ttft == best.pools[0].point.state.ttft);
  const double moved = 1e-3 + best.transfer->picos_per_token * 1000 / 1e12;
  CHECK(best.mean.tpot / second ==
        doctest::Approx(best.pools[1].point.state.tpot / second + moved / 199));
  CHECK(best.mean.end_to_end / second ==
        doctest::Approx(best.mean.ttft / second + 199 * (best.mean.tpot / second)));
}

TEST_CASE("caches travel between replicas of one engine only") {
  ServingPlanQuestion question = fake_question();
  question.arrangement = ServingArrangement::disaggregated;
  question.kinds.resize(2);
  question.kinds[0].formats.name = question.kinds[1].formats.name = "fp8";
  for (ReplicaKind& kind : question.kinds) kind.layout.tensor = 4;
  question.kinds[1].offer = 1;
  question.kinds[1].engine = "sglang";
  const ServingPlanResult result = answer(question);
  REQUIRE_FALSE(result.best.empty());
  for (const ServingPlan& plan : result.best)
    CHECK(question.kinds[plan.pools[0].kind].engine == question.kinds[plan.pools[1].kind].engine);
}

TEST_CASE("targets out of reach: the best that can be had, and what binds") {
  ServingPlanQuestion question = fake_question();
  question.targets.tpot.most = 1 * millisecond;
  const ServingPlanResult result = answer(question);
  CHECK(result.best.empty());
  REQUIRE(result.best_effort);
  // The fastest token: 15 ms / sqrt(8).
  CHECK(result.best_effort->tpot / millisecond == doctest::Approx(15 / std::sqrt(8.0)));
  CHECK(result.best_effort->nearest_excess == doctest::Approx(15 / std::sqrt(8.0)));
  CHECK(result.best_effort->limit == "work");
  CHECK_FALSE(result.best_effort->requests_per_second);
  CHECK(refused_for(result, ServingRefusal::targets) > 0);
}

TEST_CASE("too little stock everywhere: how much of the demand it carries") {
  ServingPlanQuestion question = fake_question();
  for (ServingOffer& offer : question.offers) offer.stock = 4;
  const ServingPlanResult result = answer(question);
  CHECK(result.best.empty());
  REQUIRE(result.best_effort);
  REQUIRE(result.best_effort->requests_per_second);
  const double carried = *result.best_effort->requests_per_second;
  CHECK(carried > 0);
  CHECK(carried < question.demand.requests_per_second);
  question.demand.requests_per_second = carried * 0.98;
  CHECK_FALSE(answer(question).best.empty());
}

TEST_CASE("an offer without a price has no place in a plan by cost, but in one by energy") {
  ServingPlanQuestion question = fake_question();
  for (ServingOffer& offer : question.offers) offer.price.reset();
  const ServingPlanResult result = answer(question);
  CHECK(result.best.empty());
  CHECK(refused_for(result, ServingRefusal::unknown_figure) > 0);
  question.objective = ServingObjective::energy;
  CHECK_FALSE(answer(question).best.empty());
}

}  // namespace polyfleet
