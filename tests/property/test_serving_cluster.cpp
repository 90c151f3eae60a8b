// Laws of the serving cluster under random failures, drains, cancellations, pools and routers:
// nothing is lost, nothing is generated twice, and how the simulator steps changes nothing.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "unit/serving/cluster_fakes.hpp"

using namespace polyfleet;

namespace {

const PlainTimes kFast = [] {
  PlainTimes times;
  times.iteration = 8 * kMillisecond;
  times.per_prefill_token = 20'000'000;
  times.per_sequence = 100'000'000;
  times.per_context = 500'000;
  return times;
}();
const PlainTimes kSlow = [] {
  PlainTimes times = kFast;
  times.iteration = 20 * kMillisecond;
  return times;
}();

ServingPool some_pool(const EngineTimes& times, PoolRole role) {
  ServingPool pool = plain_pool(times, *rc::gen::inRange(1, 4));
  pool.role = role;
  pool.settings.max_sequences = *rc::gen::inRange(1, 12);
  pool.settings.token_budget = *rc::gen::inRange(16, 600);
  pool.settings.cache_blocks = *rc::gen::inRange(30, 200);
  pool.settings.prefix_cache = *rc::gen::arbitrary<bool>();
  pool.settings.batching = *rc::gen::element(BatchingPolicy::mixed, BatchingPolicy::prefill_first);
  pool.price = *rc::gen::inRange(1, 5) * usd_per_hour;
  pool.power = {true, 100 * watt, 300 * watt, 500 * watt, 1.1, ""};
  if (*rc::gen::arbitrary<bool>()) {
    pool.mean_time_between_failures = *rc::gen::inRange(3, 30) * second;
    pool.time_to_recover = *rc::gen::inRange(1, 50) * 0.1 * second;
  }
  return pool;
}

ServingCluster some_cluster() {
  ServingCluster cluster;
  if (*rc::gen::arbitrary<bool>()) {
    cluster.pools = {some_pool(kFast, PoolRole::prefill), some_pool(kSlow, PoolRole::decode)};
    cluster.transfers = {{0, 1, 2 * kMillisecond, 1e7, 1e6, ""}};
  } else {
    cluster.pools = {some_pool(kFast, PoolRole::aggregated)};
  }
  if (*rc::gen::arbitrary<bool>()) {
    cluster.pools.push_back(some_pool(kSlow, PoolRole::aggregated));
    if (*rc::gen::arbitrary<bool>())
      cluster.pools.back().autoscaling = {true, 0, 4, 0.6, kSecond / 2, kSecond, 2 * kSecond};
  }
  cluster.router = *rc::gen::element(RouterKind::round_robin, RouterKind::least_loaded,
                                     RouterKind::prefix_aware, RouterKind::predicted_latency,
                                     RouterKind::least_cost, RouterKind::least_energy);
  const int changes = *rc::gen::inRange(0, 6);
  for (int i = 0; i < changes; ++i)
    cluster.events.push_back({*rc::gen::inRange(0, 100) * (kSecond / 10),
                              *rc::gen::inRange(0, static_cast<int>(cluster.pools.size())),
                              *rc::gen::inRange(0, 3),
                              *rc::gen::element(ReplicaChange::join, ReplicaChange::drain,
                                                ReplicaChange::fail, ReplicaChange::recover)});
  return cluster;
}

std::vector<ServingRequest> some_traffic() {
  std::vector<ServingRequest> requests;
  const int count = *rc::gen::inRange(1, 60);
  Picos at = 0;
  for (int id = 0; id < count; ++id) {
    at += *rc::gen::inRange(0, 300) * kMillisecond;
    requests.push_back(text_request(id, at, *rc::gen::inRange(1, 400), *rc::gen::inRange(1, 80)));
    if (*rc::gen::inRange(0, 5) == 0)
      requests.back().cancelled_after = *rc::gen::inRange(0, 3000) * kMillisecond;
    if (*rc::gen::arbitrary<bool>()) {
      requests.back().prefix_block_tokens = 16;
      for (std::int64_t block = 0; 16 * block < requests.back().input_tokens; ++block)
        requests.back().prefix_blocks.push_back(
            static_cast<std::uint64_t>(100 * (block + 1) + *rc::gen::inRange(0, 2)));
    }
  }
  return requests;
}

}  // namespace

TEST_CASE("every request ends exactly once, whatever fails") {
  CHECK(rc::check([] {
    const ServingCluster cluster = some_cluster();
    const std::vector<ServingRequest> requests = some_traffic();
    SimulationOptions options;
    options.seed = *rc::gen::arbitrary<std::uint64_t>();
    const Ran ran = run(cluster, requests, options);
    RC_ASSERT(ran.report.lost == 0);
    RC_ASSERT(ran.report.arrived == static_cast<std::int64_t>(requests.size()));
    RC_ASSERT(ran.outcomes.size() == requests.size());
    std::map<std::int64_t, int> ends;
    Picos last = 0;
    for (const RequestOutcome& outcome : ran.outcomes) {
      ++ends[outcome.request.id];
      const ServingRequest& asked = requests[static_cast<std::size_t>(outcome.request.id)];
      RC_ASSERT(outcome.request.output_tokens == asked.output_tokens);
      RC_ASSERT(outcome.request.arrival == asked.arrival);
      if (outcome.end == RequestOutcome::End::cancelled) RC_ASSERT(asked.cancelled_after != kNever);
      if (outcome.end != RequestOutcome::End::finished) continue;
      RC_ASSERT(outcome.started >= asked.arrival);
      RC_ASSERT(outcome.first_token > outcome.started);
      RC_ASSERT(outcome.last_token >=
                outcome.first_token + (asked.output_tokens - 1) * kFast.iteration);
      RC_ASSERT(outcome.last_token >= last);  // told in order
      last = outcome.last_token;
    }
    RC_ASSERT(ends.size() == requests.size());
  }));
}

TEST_CASE("skipping ahead and stepping give the same run of a cluster, and so does a rerun") {
  CHECK(rc::check([] {
    const ServingCluster cluster = some_cluster();
    const std::vector<ServingRequest> requests = some_traffic();
    SimulationOptions options;
    options.seed = *rc::gen::arbitrary<std::uint64_t>();
    const Ran skipped = run(cluster, requests, options);
    const Ran again = run(cluster, requests, options);
    options.skip_ahead = false;
    const Ran stepped = run(cluster, requests, options);
    RC_ASSERT(same_outcomes(skipped.outcomes, again.outcomes));
    RC_ASSERT(same_outcomes(skipped.outcomes, stepped.outcomes));
    RC_ASSERT(skipped.report.energy == again.report.energy);
    RC_ASSERT(skipped.report.energy == stepped.report.energy);
  }));
}

TEST_CASE("every token is generated once, also where replicas fail and caches run out") {
  CHECK(rc::check([] {
    const ServingCluster cluster = some_cluster();
    std::vector<ServingRequest> requests = some_traffic();
    std::int64_t outputs = 0;
    for (ServingRequest& each : requests) {
      each.cancelled_after = kNever;
      outputs += each.output_tokens;
    }
    const Ran ran = run(cluster, requests);
    RC_PRE(ran.report.refused == 0);
    std::int64_t generated = 0;
    for (const PoolReport& pool : ran.report.pools)
      generated += pool.totals.decode_tokens + pool.totals.prompts_ended;
    RC_ASSERT(generated == outputs);
    RC_ASSERT(ran.report.output_tokens == outputs);
  }));
}

TEST_CASE("without failures and cancellations every token is made once, and cost follows time") {
  CHECK(rc::check([] {
    ServingCluster cluster;
    cluster.pools = {some_pool(kFast, PoolRole::aggregated)};
    cluster.pools[0].mean_time_between_failures = {};
    cluster.pools[0].settings.cache_blocks = 100'000;
    cluster.pools[0].settings.prefix_cache = false;
    std::vector<ServingRequest> requests = some_traffic();
    std::int64_t prompts = 0, outputs = 0;
    for (ServingRequest& each : requests) {
      each.cancelled_after = kNever;
      prompts += each.input_tokens;
      outputs += each.output_tokens;
    }
    const Ran ran = run(cluster, requests);
    const PoolReport& pool = ran.report.pools[0];
    RC_ASSERT(pool.totals.prefill_tokens == prompts);
    RC_ASSERT(pool.totals.prompts_ended == ran.report.finished);
    RC_ASSERT(pool.totals.decode_tokens + ran.report.finished == outputs);
    RC_ASSERT(ran.report.output_tokens == outputs);
    const double seconds =
        cluster.pools[0].replicas * (static_cast<double>(ran.report.duration) / kPicosPerSecond);
    RC_ASSERT(std::abs(pool.replica_seconds - seconds) < 1e-9 * seconds + 1e-12);
    RC_ASSERT(pool.energy >= 1.1 * 100 * watt * (seconds * second) * (1 - 1e-12));
    RC_ASSERT(pool.energy <= 1.1 * 500 * watt * (seconds * second) * (1 + 1e-12));
  }));
}
