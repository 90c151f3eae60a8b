// Every policy on replicas whose state is given.
#include <doctest/doctest.h>

#include "serving/router.hpp"
#include "serving/router_prediction.hpp"
#include "unit/serving/cluster_fakes.hpp"

using namespace polyfleet;

namespace {

struct GivenProbe final : ReplicaProbe {
  ReplicaLoad state;
  std::int64_t match = 0;
  ReplicaLoad load() const override { return state; }
  std::int64_t prefix_match(const ServingRequest&) const override { return match; }
};

/// Three replicas of a pool each, all idle.
struct RouterBench {
  PlainTimes times[3];
  ServingPool pools[3];
  GivenProbe probes[3];
  std::vector<RouterReplica> replicas;
  std::vector<int> candidates{0, 1, 2};
  RequestState request;
  SloClass objectives;
  RouterBench() {
    for (std::size_t i = 0; i < 3; ++i) {
      pools[i] = plain_pool(times[i], 1);
      pools[i].price = 2 * usd_per_hour;
      pools[i].power = {true, 100 * watt, 300 * watt, 500 * watt, 1.0, ""};
      replicas.push_back({&pools[i], &probes[i], 64, 0, 0});
      times[i].per_prefill_token = kMillisecond / 10;
    }
    request.request = text_request(0, 0, 1000, 100);
  }
  /// `count` requests of 100 tokens run there.
  void busy(std::size_t replica, std::int64_t count) {
    replicas[replica].outstanding = probes[replica].state.running = count;
    replicas[replica].context_tokens = 100 * count;
  }
  int choose(RouterKind kind) { return make_router(kind)->choose(question()); }
  RouteQuestion question() { return {request, replicas, candidates, objectives, 100}; }
};

}  // namespace

TEST_CASE("round robin takes each candidate in turn, whoever joins or leaves") {
  RouterBench bench;
  RoundRobinRouter router;
  CHECK(router.choose(bench.question()) == 0);
  CHECK(router.choose(bench.question()) == 1);
  bench.candidates = {0, 2};
  CHECK(router.choose(bench.question()) == 2);
  CHECK(router.choose(bench.question()) == 0);
  bench.candidates = {0, 1, 2};
  CHECK(router.choose(bench.question()) == 1);
}

TEST_CASE("least loaded counts outstanding requests by capacity") {
  RouterBench bench;
  bench.busy(0, 5);
  bench.busy(1, 6);
  bench.busy(2, 6);
  CHECK(bench.choose(RouterKind::least_loaded) == 0);
  bench.replicas[2].capacity = 128;
  CHECK(bench.choose(RouterKind::least_loaded) == 2);
}

TEST_CASE("prefix-aware weighs what the cache has against what waits there") {
  RouterBench bench;
  bench.probes[1].match = 800;
  CHECK(bench.choose(RouterKind::prefix_aware) == 1);
  bench.probes[1].state.waiting_prefill_tokens = 799;
  CHECK(bench.choose(RouterKind::prefix_aware) == 1);
  bench.probes[1].state.waiting_prefill_tokens = 801;
  CHECK(bench.choose(RouterKind::prefix_aware) == 0);
  bench.probes[1].state.waiting_prefill_tokens = 0;
  bench.busy(1, 64);
  CHECK(bench.choose(RouterKind::prefix_aware) == 1);
  bench.busy(1, 65);  // too far from the others
  CHECK(bench.choose(RouterKind::prefix_aware) == 0);
}

TEST_CASE("a prediction adds what waits, the prompt and the step") {
  RouterBench bench;
  bench.probes[0].state.waiting_prefill_tokens = 500;
  RoutePrediction prediction = predicted_route(bench.question(), bench.replicas[0]);
  CHECK(prediction.prefill == doctest::Approx(0.010 + 0.1));
  CHECK(prediction.first_token == doctest::Approx(0.010 + 0.15));
  CHECK(prediction.step_before == 0);
  CHECK(prediction.step_after == doctest::Approx(0.010));
  CHECK(prediction.end_to_end(100) == doctest::Approx(0.16 + 99 * 0.010));
  bench.times[0].per_sequence = kMillisecond;
  bench.busy(0, 63);
  prediction = predicted_route(bench.question(), bench.replicas[0]);
  CHECK(prediction.step_after - prediction.step_before == doctest::Approx(0.001));
  CHECK(prediction.batch == 64);
  // a step of 10 + 64 ms, and 63 prompts of 100 ms in a life of 100 tokens
  CHECK(prediction.per_token == doctest::Approx(0.074 + 63 * 0.1 / 100));
  bench.busy(0, 127);  // 64 run, one more round must end first
  bench.probes[0].state.running = 64;
  const double waits = predicted_route(bench.question(), bench.replicas[0]).first_token;
  CHECK(waits - prediction.first_token > 100 * 0.070);
  bench.busy(0, 10);
  const double roomy = predicted_route(bench.question(), bench.replicas[0]).first_token;
  bench.pools[0].settings.cache_blocks = 100;  // 1,600 tokens; 11 requests come to about 2,500
  CHECK(predicted_route(bench.question(), bench.replicas[0]).first_token > roomy + 0.5);
}

TEST_CASE("predicted latency takes the faster replica until it is too busy") {
  RouterBench bench;
  bench.times[2].iteration = 5 * kMillisecond;
  CHECK(bench.choose(RouterKind::predicted_latency) == 2);
  bench.probes[2].state.waiting_prefill_tokens = 10'000;  // one second
  CHECK(bench.choose(RouterKind::predicted_latency) == 0);
  bench.objectives.per_output_token = 6 * kMillisecond;  // only steps matter to this class
  CHECK(bench.choose(RouterKind::predicted_latency) == 2);
}

TEST_CASE("least cost takes the cheaper pool while its objectives are predicted to hold") {
  RouterBench bench;
  bench.pools[1].price = 1 * usd_per_hour;
  bench.times[1].iteration = 15 * kMillisecond;
  CHECK(bench.choose(RouterKind::least_cost) == 1);
  bench.objectives.per_output_token = 12 * kMillisecond;
  CHECK(bench.choose(RouterKind::least_cost) == 0);
  bench.objectives.per_output_token = kMillisecond;  // nobody holds it: the least strained
  CHECK(bench.choose(RouterKind::least_cost) == 0);
  bench.objectives = {};
  bench.busy(0, 8);  // shares its steps among nine
  CHECK(bench.choose(RouterKind::least_cost) == 0);
}

TEST_CASE("least energy takes the leaner pool, and a running batch before an idle one") {
  RouterBench bench;
  bench.pools[2].power = {true, 100 * watt, 200 * watt, 250 * watt, 1.0, ""};
  CHECK(bench.choose(RouterKind::least_energy) == 2);
  bench.pools[2].power.pue = 5;
  CHECK(bench.choose(RouterKind::least_energy) == 0);
  bench.busy(1, 4);
  CHECK(bench.choose(RouterKind::least_energy) == 1);
}
