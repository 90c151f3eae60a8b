// Whole runs of a cluster whose times can be worked out by hand, and laws that every run obeys.
#include <doctest/doctest.h>

#include <algorithm>

#include "serving/cluster_check.hpp"
#include "unit/serving/cluster_fakes.hpp"

using namespace polyfleet;

namespace {

/// Poisson arrivals with lengths up to the given ones.
std::vector<ServingRequest> some_requests(int count, double per_second, std::int64_t input,
                                          std::int64_t output, std::uint64_t seed = 5) {
  RandomStream random(seed, 1);
  std::vector<ServingRequest> requests;
  double at = 0;
  for (int id = 0; id < count; ++id) {
    at += random.exponential(1 / per_second);
    requests.push_back(text_request(
        id, picos_of(at * second),
        1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(input))),
        1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(output)))));
  }
  return requests;
}

PlainTimes real_times() {
  PlainTimes times;
  times.per_prefill_token = 50'000'000;  // 50 us
  times.per_sequence = 100'000'000;
  times.per_context = 1'000'000;
  return times;
}

}  // namespace

TEST_CASE("one request: a prefill and a step a token") {
  PlainTimes times;
  const Ran ran = run(plain_cluster(times, 1), {text_request(0, 5 * kSecond, 100, 11)});
  CHECK(ran.report.finished == 1);
  CHECK(ran.report.lost == 0);
  CHECK(ran.report.ttft.maximum == doctest::Approx(0.010).epsilon(1e-12));
  CHECK(ran.report.tpot.maximum == doctest::Approx(0.010).epsilon(1e-12));
  CHECK(ran.report.end_to_end.maximum == doctest::Approx(0.110).epsilon(1e-12));
  CHECK(ran.report.duration == 110 * kMillisecond);
  CHECK(ran.report.output_tokens == 11);
  CHECK(ran.report.queueing.maximum == 0);
  CHECK(ran.report.pools[0].utilisation == doctest::Approx(1).epsilon(1e-9));
  CHECK(ran.outcomes[0].pool == 0);
}

TEST_CASE("unlimited resources: every latency is the sum of the service times") {
  PlainTimes times;
  times.per_prefill_token = 1'000'000;
  const auto requests = some_requests(200, 50, 2000, 300);
  const Ran ran = run(plain_cluster(times, 200), requests);  // a replica each
  REQUIRE(ran.outcomes.size() == 200);
  for (const RequestOutcome& outcome : ran.outcomes) {
    const Picos prefill = times.iteration + outcome.request.input_tokens * times.per_prefill_token;
    CHECK(outcome.started == outcome.request.arrival);
    CHECK(outcome.first_token - outcome.request.arrival == prefill);
    CHECK(outcome.last_token - outcome.first_token ==
          (outcome.request.output_tokens - 1) * times.iteration);
  }
}

TEST_CASE("reruns are identical, step by step is identical to skipping ahead") {
  const PlainTimes times = real_times();
  ServingCluster cluster = plain_cluster(times, 3);
  cluster.pools[0].settings.max_sequences = 8;
  cluster.pools[0].settings.token_budget = 512;
  cluster.pools[0].settings.cache_blocks = 200;
  cluster.pools[0].settings.prefix_cache = true;
  cluster.pools[0].mean_time_between_failures = 5 * second;
  cluster.pools[0].time_to_recover = 1 * second;
  for (const RouterKind router : {RouterKind::round_robin, RouterKind::least_loaded,
                                  RouterKind::prefix_aware, RouterKind::predicted_latency}) {
    cluster.router = router;
    auto requests = some_requests(400, 20, 800, 200);
    for (ServingRequest& each : requests) {
      each.prefix_block_tokens = 16;
      for (std::int64_t block = 0; 16 * block < each.input_tokens; ++block)
        each.prefix_blocks.push_back(static_cast<std::uint64_t>(1000 * (each.id % 9) + block + 1));
    }
    SimulationOptions options;
    options.sample_interval = kSecond / 3;
    const Ran skipped = run(cluster, requests, options);
    const Ran again = run(cluster, requests, options);
    options.skip_ahead = false;
    const Ran stepped = run(cluster, requests, options);
    CHECK(skipped.report.finished == 400);
    CHECK(skipped.report.restarted > 0);
    CHECK(same_outcomes(skipped.outcomes, again.outcomes));
    CHECK(same_outcomes(skipped.outcomes, stepped.outcomes));
    CHECK(stepped.report.events > skipped.report.events);
    CHECK(skipped.report.pools[0].totals.busy == stepped.report.pools[0].totals.busy);
    REQUIRE(skipped.report.timeline.size() == stepped.report.timeline.size());
    for (std::size_t i = 0; i < skipped.report.timeline.size(); ++i) {
      CHECK(skipped.report.timeline[i].running == stepped.report.timeline[i].running);
      CHECK(skipped.report.timeline[i].used_blocks == stepped.report.timeline[i].used_blocks);
    }
  }
}

TEST_CASE("replaying what a run did gives the run") {
  const PlainTimes times = real_times();
  const ServingCluster cluster = plain_cluster(times, 2);
  LoopSource source(6, 100, 300, 40);
  const Ran first = run_source(cluster, source);
  std::vector<ServingRequest> done;
  for (const RequestOutcome& outcome : first.outcomes) done.push_back(outcome.request);
  std::sort(done.begin(), done.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  const Ran replay = run(cluster, done);
  CHECK(first.report.finished == 100);
  CHECK(same_outcomes(first.outcomes, replay.outcomes));
}

TEST_CASE("prefill and decode apart: the cache waits for the link, travels and is converted") {
  PlainTimes prefill, decode;
  prefill.iteration = 100 * kMillisecond;
  decode.iteration = 10 * kMillisecond;
  ServingCluster cluster;
  cluster.pools = {plain_pool(prefill, 1, "prefill"), plain_pool(decode, 1, "decode")};
  cluster.pools[0].role = PoolRole::prefill;
  cluster.pools[1].role = PoolRole::decode;
  // 1 ms a token on the link, 0.5 ms to convert, 3 ms latency
  cluster.transfers = {{0, 1, 3 * kMillisecond, 1e9, 0.5e9, "test"}};
  const Ran ran = run(
      cluster, {text_request(0, 0, 40, 11), text_request(1, 0, 40, 1), text_request(2, 0, 40, 11)});
  REQUIRE(ran.report.finished == 3);
  CHECK(ran.outcomes[0].request.id == 1);  // one token: ends where it was prefilled
  CHECK(ran.outcomes[0].pool == 0);
  CHECK(ran.outcomes[0].last_token == 100 * kMillisecond);
  CHECK(ran.outcomes[1].pool == 1);
  CHECK(ran.outcomes[1].first_token == 100 * kMillisecond);
  // arrives at 100 + 40 + 3 + 20 = 163 ms; then ten steps
  CHECK(ran.outcomes[1].last_token == 263 * kMillisecond);
  // the second cache waits 40 ms and arrives at 203, when a step has just begun
  CHECK(ran.outcomes[2].last_token == 313 * kMillisecond);
  CHECK(ran.report.transfers[0].waiting == 40 * kMillisecond);
  CHECK(ran.report.transfers[0].tokens == 80);
  CHECK(ran.report.pools[1].totals.prefill_tokens == 0);
  CHECK(ran.outcomes[1].request.output_tokens == 11);
}

TEST_CASE("a cache on its way is lost with either end, and with its user") {
  PlainTimes times;
  ServingCluster cluster;
  cluster.pools = {plain_pool(times, 2, "prefill"), plain_pool(times, 2, "decode")};
  cluster.pools[0].role = PoolRole::prefill;
  cluster.pools[1].role = PoolRole::decode;
  cluster.transfers = {{0, 1, 0, 1e9, 0, ""}};  // 40 ms for this prompt, from 10 to 50 ms
  ServingRequest request = text_request(0, 0, 40, 11);
  CHECK(run(cluster, {request}).outcomes[0].last_token == 150 * kMillisecond);
  for (const int pool : {0, 1}) {
    cluster.events = {{30 * kMillisecond, pool, 0, ReplicaChange::fail}};
    const Ran ran = run(cluster, {request});
    REQUIRE(ran.report.finished == 1);
    CHECK(ran.outcomes[0].restarts == 1);
    CHECK(ran.outcomes[0].first_token == 10 * kMillisecond);
    // noticed at 50, prefilled again by 60 with a second token, 41 ms on the link, nine steps
    CHECK(ran.outcomes[0].last_token == 191 * kMillisecond);
  }
  cluster.events.clear();
  request.cancelled_after = 30 * kMillisecond;
  const Ran ran = run(cluster, {request});
  CHECK(ran.report.cancelled == 1);
  CHECK(ran.outcomes[0].last_token == kNever);
}

TEST_CASE("what a failed sender had to send no longer holds up its link") {
  PlainTimes times;
  ServingCluster cluster;
  cluster.pools = {plain_pool(times, 1, "prefill"), plain_pool(times, 1, "decode")};
  cluster.pools[0].role = PoolRole::prefill;
  cluster.pools[1].role = PoolRole::decode;
  cluster.transfers = {{0, 1, 0, 1e10, 0, ""}};  // 400 ms
  cluster.events = {{30 * kMillisecond, 0, 0, ReplicaChange::fail},
                    {31 * kMillisecond, 0, 0, ReplicaChange::recover}};
  const Ran ran =
      run(cluster, {text_request(0, 0, 40, 3), text_request(1, 100 * kMillisecond, 40, 3)});
  CHECK(ran.outcomes[0].request.id == 1);
  CHECK(ran.outcomes[0].last_token == (110 + 400 + 20) * kMillisecond);
}

TEST_CASE("a failed replica's requests go on elsewhere with the tokens they have") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 2);
  cluster.router = RouterKind::round_robin;
  cluster.events = {{95 * kMillisecond, 0, 0, ReplicaChange::fail},
                    {400 * kMillisecond, 0, 0, ReplicaChange::recover}};
  const Ran ran = run(cluster, {text_request(0, 0, 100, 21), text_request(1, 0, 100, 21)});
  REQUIRE(ran.report.finished == 2);
  CHECK(ran.report.restarted == 1);
  CHECK(ran.report.pools[0].failures == 1);
  const RequestOutcome& moved = ran.outcomes[ran.outcomes[0].request.id == 0 ? 0 : 1];
  CHECK(moved.restarts == 1);
  CHECK(moved.replica == 1);
  CHECK(moved.first_token == 10 * kMillisecond);
  // nine tokens at 90 ms; the other replica's iteration ends at 100 ms; a prefill over prompt and
  // tokens gives the tenth at 110 ms, eleven more steps
  CHECK(moved.last_token == 220 * kMillisecond);
  CHECK(ran.report.pools[0].totals.prefill_tokens == 100 + 100 + 109);
}

TEST_CASE("requests wait at the router while no replica is up") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 1);
  cluster.events = {{0, 0, 0, ReplicaChange::fail}, {kSecond, 0, 0, ReplicaChange::recover}};
  const Ran ran = run(cluster, {text_request(0, 0, 10, 2), text_request(1, kSecond / 2, 10, 2)});
  CHECK(ran.report.finished == 2);
  CHECK(ran.report.waited_at_router == 2);
  CHECK(ran.outcomes[0].first_token == kSecond + 10 * kMillisecond);
  CHECK(ran.report.pools[0].replica_seconds == doctest::Approx(1.02).epsilon(1e-12));
}

TEST_CASE("what no replica will ever take is refused, not lost") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 1);
  cluster.events = {{20 * kMillisecond, 0, 0, ReplicaChange::fail}};
  const Ran ran = run(cluster, {text_request(0, 0, 10, 100), text_request(1, kSecond, 10, 2)});
  CHECK(ran.report.refused == 2);
  CHECK(ran.report.lost == 0);
  ServingCluster small = plain_cluster(times, 1);
  small.pools[0].settings.cache_blocks = 4;
  const Ran large = run(small, {text_request(0, 0, 1000, 2), text_request(1, 0, 10, 2)});
  CHECK(large.report.refused == 1);
  CHECK(large.report.finished == 1);
}

TEST_CASE("a long request goes to the pool that can hold it") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 1);
  cluster.pools.push_back(plain_pool(times, 1, "large"));
  cluster.pools[0].settings.cache_blocks = 4;
  const Ran ran = run(cluster, {text_request(0, 0, 1000, 2), text_request(1, 0, 10, 2)});
  CHECK(ran.report.finished == 2);
  for (const RequestOutcome& outcome : ran.outcomes)
    CHECK(outcome.pool == (outcome.request.id == 0 ? 1 : 0));
}

TEST_CASE("a drained replica hands over what waits, finishes what runs and costs no more") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 2);
  cluster.pools[0].settings.max_sequences = 1;
  cluster.pools[0].price = 3600 * usd_per_hour;  // one dollar a second
  cluster.router = RouterKind::round_robin;
  cluster.events = {{55 * kMillisecond, 0, 0, ReplicaChange::drain}};
  std::vector<ServingRequest> requests;
  for (int id = 0; id < 4; ++id) requests.push_back(text_request(id, 0, 10, 10));
  const Ran ran = run(cluster, requests);
  REQUIRE(ran.report.finished == 4);
  CHECK(ran.report.restarted == 1);  // request 2 waited at replica 0
  for (const RequestOutcome& outcome : ran.outcomes)
    CHECK(outcome.replica == (outcome.request.id == 0 ? 0 : 1));
  CHECK(ran.report.pools[0].replica_seconds == doctest::Approx(0.1 + 0.3));
  CHECK(ran.report.cost / usd == doctest::Approx(0.4));
}

TEST_CASE("users go away: waiting, running, on the way or at the router") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 1);
  cluster.pools[0].settings.max_sequences = 1;
  std::vector<ServingRequest> requests;
  for (int id = 0; id < 3; ++id) requests.push_back(text_request(id, 0, 10, 10));
  requests[0].cancelled_after = 45 * kMillisecond;
  requests[1].cancelled_after = 30 * kMillisecond;
  const Ran ran = run(cluster, requests);
  CHECK(ran.report.cancelled == 2);
  CHECK(ran.report.finished == 1);
  CHECK(ran.outcomes[0].request.id == 1);
  CHECK(ran.outcomes[0].first_token == kNever);
  CHECK(ran.outcomes[1].first_token == 10 * kMillisecond);
  CHECK(ran.outcomes[2].last_token <= 150 * kMillisecond);
  cluster.events = {{0, 0, 0, ReplicaChange::fail}, {kSecond, 0, 0, ReplicaChange::recover}};
  CHECK(run(cluster, requests).report.cancelled == 2);
}

TEST_CASE("autoscaling: replicas start after their start-up time and go after the cool-down") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 1);
  ServingPool& pool = cluster.pools[0];
  pool.settings.max_sequences = 2;
  pool.autoscaling = {true, 1, 4, 1.0, kSecond, 3 * kSecond, 5 * kSecond};
  std::vector<ServingRequest> requests;
  for (int id = 0; id < 40; ++id) requests.push_back(text_request(id, id * kSecond / 20, 10, 101));
  requests.push_back(text_request(40, 40 * kSecond, 10, 101));
  SimulationOptions options;
  options.sample_interval = kSecond / 2;
  const Ran ran = run(cluster, requests, options);
  CHECK(ran.report.finished == 41);
  std::int64_t most = 0;
  for (const TimelineSample& sample : ran.report.timeline) {
    most = std::max(most, sample.replicas);
    if (sample.at < 4 * kSecond) CHECK(sample.replicas == 1);
  }
  CHECK(most == 4);
  CHECK(ran.report.timeline.back().replicas == 1);
  CHECK(ran.report.pools[0].replica_seconds < 4 * 41);
}

TEST_CASE("a timeline of bounded length; looking changes nothing") {
  const PlainTimes times = real_times();
  ServingCluster cluster = plain_cluster(times, 2);
  cluster.pools.push_back(cluster.pools.front());
  cluster.pools[1].name = "second";
  const auto requests = some_requests(300, 10, 400, 100);
  SimulationOptions options;
  const Ran plain = run(cluster, requests, options);
  CHECK(plain.report.timeline.empty());
  options.sample_interval = kSecond / 8;
  const Ran every = run(cluster, requests, options);
  options.most_samples = 20;
  const Ran few = run(cluster, requests, options);
  CHECK(same_outcomes(plain.outcomes, every.outcomes));
  CHECK(same_outcomes(plain.outcomes, few.outcomes));
  REQUIRE(every.report.timeline.size() > 80);
  CHECK(few.report.timeline.size() <= 40);
  CHECK(few.report.timeline.size() > 20);
  // What is kept is what was seen, at equal steps of the first interval times a power of two.
  const Picos step = few.report.timeline[2].at - few.report.timeline[0].at;
  CHECK(step % options.sample_interval == 0);
  for (std::size_t i = 0; i < few.report.timeline.size(); ++i) {
    const TimelineSample& kept = few.report.timeline[i];
    CHECK(kept.pool == static_cast<int>(i % 2));
    CHECK(kept.at == few.report.timeline[0].at + static_cast<Picos>(i / 2) * step);
    const auto place = static_cast<std::size_t>(i / 2) *
                           static_cast<std::size_t>(step / options.sample_interval) * 2 +
                       i % 2;
    REQUIRE(place < every.report.timeline.size());
    CHECK(every.report.timeline[place].at == kept.at);
    CHECK(every.report.timeline[place].running == kept.running);
    CHECK(every.report.timeline[place].output_tokens == kept.output_tokens);
  }
}

TEST_CASE("every change of a replica is told, in order") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 2);
  cluster.events = {{2 * kSecond, 0, 0, ReplicaChange::fail},
                    {3 * kSecond, 0, 0, ReplicaChange::recover},
                    {4 * kSecond, 0, 1, ReplicaChange::drain}};
  const Ran ran = run(cluster, {text_request(0, 0, 10, 10), text_request(1, 6 * kSecond, 10, 10)});
  std::vector<SlotState> states;
  for (const SlotChange& change : ran.report.changes) states.push_back(change.state);
  using enum SlotState;
  CHECK(states == std::vector<SlotState>{up, up, failed, up, draining, absent});
  CHECK(ran.report.changes[2].at == 2 * kSecond);
  CHECK(ran.report.changes[2].replica == 0);
  CHECK(ran.report.changes[5].replica == 1);
}

TEST_CASE("the autoscaler drains the replica with the fewest requests") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 2);
  cluster.router = RouterKind::round_robin;
  cluster.pools[0].autoscaling = {true, 1, 2, 0.9, kSecond, 0, 2 * kSecond};
  const Ran ran = run(cluster, {text_request(0, 0, 10, 10), text_request(1, 0, 10, 600),
                                text_request(2, 5 * kSecond, 10, 10)});
  REQUIRE(ran.report.finished == 3);
  CHECK(ran.report.restarted == 0);
  for (const RequestOutcome& outcome : ran.outcomes)
    CHECK(outcome.replica == (outcome.request.id == 0 ? 0 : 1));
}

TEST_CASE("a pool scaled to nothing starts when somebody waits") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 0);
  cluster.pools[0].autoscaling = {true, 0, 2, 0.5, kSecond, 2 * kSecond, 2 * kSecond};
  const Ran ran = run(cluster, {text_request(0, 0, 10, 2), text_request(1, 100 * kSecond, 10, 2)});
  CHECK(ran.report.finished == 2);
  CHECK(ran.report.ttft.maximum == doctest::Approx(3.01).epsilon(1e-3));
}

TEST_CASE("energy: idle while provisioned, more while busy, PUE on top; carbon and cost follow") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 1);
  cluster.pools[0].power = {true, 100 * watt, 300 * watt, 500 * watt, 1.2, ""};
  cluster.grams_co2e_per_kilowatt_hour = 400;
  cluster.electricity = 0.1 * usd_per_kilowatt_hour;
  const Ran ran = run(cluster, {text_request(0, 0, 10, 1), text_request(1, kSecond, 10, 91)});
  const PoolReport& pool = ran.report.pools[0];
  const double prefill = seconds_of_picos(pool.totals.prefill_busy) / second;
  const double busy = seconds_of_picos(pool.totals.busy) / second;
  CHECK(busy == doctest::Approx(0.92));
  const double joules = 1.2 * (100 * (1.91 - busy) + 300 * (busy - prefill) + 500 * prefill);
  CHECK(ran.report.energy / joule == doctest::Approx(joules));
  CHECK(ran.report.carbon / gram_co2e == doctest::Approx(joules / 3.6e6 * 400));
  CHECK(ran.report.cost / usd == doctest::Approx(joules / 3.6e6 * 0.1));
  CHECK(pool.power_known);
}

TEST_CASE("warm-up requests are served and not counted; classes have their own objectives") {
  PlainTimes times;
  ServingCluster cluster = plain_cluster(times, 1);
  cluster.classes = {{"fast", 15 * kMillisecond, kNever, kNever},
                     {"slow", kNever, kNever, 50 * kMillisecond}};
  std::vector<ServingRequest> requests;
  for (int id = 0; id < 4; ++id) requests.push_back(text_request(id, id * kSecond, 10, 11));
  requests[2].slo_class = requests[3].slo_class = 1;
  SimulationOptions options;
  options.warm_up = kSecond;
  const Ran ran = run(cluster, requests, options);
  CHECK(ran.report.arrived == 4);
  CHECK(ran.report.counted == 3);
  CHECK(ran.report.ttft.count == 3);
  CHECK(ran.report.output_tokens == 33);
  CHECK(ran.report.classes[0].requests == 1);
  CHECK(ran.report.classes[0].met_all == 1);
  CHECK(ran.report.classes[1].met_first_token == 2);
  CHECK(ran.report.classes[1].met_all == 0);  // 110 ms
}

TEST_CASE("pictures and text side by side") {
  PlainTimes times;
  PlainMedia media;
  ServingCluster cluster = plain_cluster(times, 1);
  ServingPool pictures;
  pictures.name = "pictures";
  pictures.media = &media;
  pictures.model = 1;
  pictures.replicas = 2;
  cluster.pools.push_back(pictures);
  std::vector<ServingRequest> requests;
  for (int id = 0; id < 4; ++id) {
    requests.push_back(text_request(id, 0, 10, 2));
    if (id == 0) continue;
    requests.back().model = 1;
    requests.back().input_tokens = requests.back().output_tokens = 0;
    requests.back().media = ServingRequest::Media{1, 512, 512, 10, 2};
  }
  const Ran ran = run(cluster, requests);
  CHECK(ran.report.finished == 4);
  CHECK(ran.report.end_to_end.maximum == doctest::Approx(20));
  CHECK(ran.report.pools[1].utilisation == doctest::Approx(0.75));
}

TEST_CASE("a run can be stopped, and what was under way is counted as cancelled") {
  PlainTimes times;
  SimulationOptions options;
  options.keep_going = [](Picos, std::int64_t finished) { return finished < 50; };
  const Ran ran = run(plain_cluster(times, 2), some_requests(20'000, 100, 50, 20), options);
  CHECK(ran.report.stopped_early);
  CHECK(ran.report.finished >= 50);
  CHECK(ran.report.lost == 0);
  CHECK(static_cast<std::int64_t>(ran.outcomes.size()) == ran.report.arrived);
  options = {};
  options.stop_after = 10 * kSecond;
  const Ran stopped = run(plain_cluster(times, 2), some_requests(20'000, 100, 50, 20), options);
  CHECK(stopped.report.finished == stopped.report.arrived);
  CHECK(stopped.report.arrived < 1300);
}

TEST_CASE("mistakes in a cluster or a request are told") {
  PlainTimes times;
  ServingCluster cluster;
  CHECK(problems_of(cluster).size() == 1);
  cluster = plain_cluster(times, 1);
  CHECK(problems_of(cluster).empty());
  cluster.pools[0].settings.cache_blocks = 0;
  cluster.pools[0].role = PoolRole::decode;
  cluster.router = RouterKind::least_cost;
  CHECK(problems_of(cluster).size() == 2);
  cluster = plain_cluster(times, 1);
  cluster.pools.push_back(plain_pool(times, 1));
  cluster.pools[0].role = PoolRole::prefill;
  cluster.pools[1].role = PoolRole::decode;
  CHECK(problems_of(cluster).size() == 1);  // no transfer between them
  cluster = plain_cluster(times, 1);
  ServingRequest request = text_request(0, 0, 10, 1);
  request.model = 3;
  ListSource source({request});
  CHECK_FALSE(simulate_serving(cluster, source, {}).has_value());
  request = text_request(0, 0, 0, 1);
  ListSource empty({request});
  CHECK_FALSE(simulate_serving(cluster, empty, {}).has_value());
  ListSource none({});
  CHECK(simulate_serving(cluster, none, {})->arrived == 0);
}

TEST_CASE("prefix hits stay below the bound of an infinite cache") {
  const PlainTimes times = real_times();
  ServingCluster cluster = plain_cluster(times, 3);
  cluster.pools[0].settings.prefix_cache = true;
  RandomStream random(3, 1);
  auto requests = some_requests(300, 10, 10, 30);
  for (ServingRequest& request : requests) {
    const std::uint64_t family = random.below(12);
    request.input_tokens = 16 * 20;
    request.prefix_block_tokens = 16;
    for (std::uint64_t block = 0; block < 20; ++block)
      request.prefix_blocks.push_back(block < 15 ? family * 100 + block + 1
                                                 : random.below(1u << 30));
  }
  double least = 1, most = 0;
  for (const RouterKind router : {RouterKind::round_robin, RouterKind::prefix_aware}) {
    cluster.router = router;
    const Ran ran = run(cluster, requests);
    const double rate = ran.report.pools[0].prefix_hit_rate;
    CHECK(ran.report.infinite_cache_hit_rate == doctest::Approx(0.75 * 288 / 300).epsilon(1e-9));
    CHECK(rate <= ran.report.infinite_cache_hit_rate + 1e-12);
    least = std::min(least, rate);
    most = rate;
  }
  CHECK(most > least);  // routing by prefix finds more of them
}

TEST_CASE("on unequal pools each policy reaches what it aims at") {
  PlainTimes fast = real_times(), slow = real_times();
  slow.iteration = 30 * kMillisecond;
  slow.per_prefill_token *= 4;
  ServingCluster cluster;
  cluster.pools = {plain_pool(fast, 2, "fast"), plain_pool(slow, 2, "slow")};
  for (ServingPool& pool : cluster.pools) pool.settings.max_sequences = 32;
  cluster.pools[0].price = 12 * usd_per_hour;
  cluster.pools[1].price = 1 * usd_per_hour;
  cluster.pools[0].power = {true, 200 * watt, 1500 * watt, 2000 * watt, 1.1, ""};
  cluster.pools[1].power = {true, 200 * watt, 300 * watt, 350 * watt, 1.1, ""};
  cluster.classes = {{"chat", 500 * kMillisecond, 60 * kMillisecond, kNever}};
  const auto requests = some_requests(1500, 4, 800, 200);
  const auto with = [&](RouterKind router) {
    cluster.router = router;
    return run(cluster, requests).report;
  };
  const SimulationReport even = with(RouterKind::round_robin);
  const SimulationReport quick = with(RouterKind::predicted_latency);
  const SimulationReport lean = with(RouterKind::least_energy);
  const SimulationReport cheap = with(RouterKind::least_cost);
  CHECK(quick.end_to_end.mean < 0.7 * even.end_to_end.mean);
  CHECK(lean.energy < 0.85 * even.energy);
  CHECK(lean.classes[0].met_all > 0.97 * 1500);
  CHECK(cheap.classes[0].met_all > 0.97 * 1500);
  CHECK(cheap.pools[1].requests_ended > 1400);  // the cheap pool suffices
  cluster.classes[0].per_output_token = 25 * kMillisecond;
  const SimulationReport strict = with(RouterKind::least_cost);
  CHECK(strict.pools[0].requests_ended > 1400);  // the cheap pool cannot hold this
}

TEST_CASE("events grow with requests, not with tokens or time") {
  const PlainTimes times = real_times();
  const ServingCluster cluster = plain_cluster(times, 4);
  const auto events = [&](int count) {
    return static_cast<double>(run(cluster, some_requests(count, 20, 400, 400)).report.events);
  };
  const double few = events(1000), many = events(10'000);
  CHECK(many / few < 11);
  CHECK(many / 10'000 < 20);
}
