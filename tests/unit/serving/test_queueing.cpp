// The simulator against queueing theory: M/M/1, M/M/k and M/D/1 mean waits within 1 %, and Little's
// law from measurements that do not share a sum.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "unit/serving/cluster_fakes.hpp"

using namespace polyfleet;

namespace {

/// Poisson arrivals; output lengths from `length`. One token of prompt, so a request is `length`
/// iterations.
template <class Length>
MadeSource poisson(std::int64_t count, double per_second, std::uint64_t seed, Length length) {
  auto arrivals = std::make_shared<RandomStream>(seed, 1);
  auto lengths = std::make_shared<RandomStream>(seed, 2);
  return MadeSource(count, [=](std::int64_t id, Picos last) {
    const Picos at = last + picos_of(arrivals->exponential(1 / per_second) * second);
    return text_request(id, at, 1, length(*lengths));
  });
}

/// Erlang's C formula: the probability to wait with k servers and `offered` load.
double erlang_c(int servers, double offered) {
  double blocked = 1;
  for (int k = 1; k <= servers; ++k) blocked = offered * blocked / (k + offered * blocked);
  const double used = offered / servers;
  return blocked / (1 - used + used * blocked);
}

/// One replica that runs `places` requests at once, each iteration a microsecond.
ServingCluster queue_of(const PlainTimes& times, std::int64_t places) {
  ServingCluster cluster = plain_cluster(times, 1);
  cluster.pools[0].settings.max_sequences = places;
  return cluster;
}

double mean_wait(const ServingCluster& cluster, MadeSource source) {
  const auto report = simulate_serving(cluster, source, {});
  REQUIRE(report.has_value());
  REQUIRE(report->lost == 0);
  return report->queueing.mean;
}

constexpr double kMeanTokens = 2000;  // an iteration is a 2000th of a service: time is nearly even

}  // namespace

TEST_CASE("M/D/1: the mean wait is rho / (2 (1 - rho)) services") {
  PlainTimes times;
  times.iteration = 1'000'000;
  const double service = kMeanTokens * 1e-6, used = 0.6;
  const auto fixed = [](RandomStream&) { return std::int64_t{2000}; };
  const double wait = mean_wait(queue_of(times, 1), poisson(1'000'000, used / service, 11, fixed));
  CHECK(wait == doctest::Approx(used / (2 * (1 - used)) * service).epsilon(0.01));
}

TEST_CASE("M/M/k: the mean wait is Erlang's C over k mu - lambda") {
  PlainTimes times;
  times.iteration = 1'000'000;
  const auto exponential = [](RandomStream& random) {
    return std::max<std::int64_t>(1, std::llround(random.exponential(kMeanTokens)));
  };
  for (const int servers : {1, 4}) {
    const double service = kMeanTokens * 1e-6, offered = 0.6 * servers;
    const double wait =
        mean_wait(queue_of(times, servers), poisson(1'000'000, offered / service, 12, exponential));
    const double theory = erlang_c(servers, offered) * service / (servers - offered);
    CHECK(wait == doctest::Approx(theory).epsilon(0.01));
  }
}

TEST_CASE("Little's law: requests in the system are their rate times their time") {
  PlainTimes times;
  times.per_sequence = 200'000'000;
  times.per_prefill_token = 10'000'000;
  ServingCluster cluster = plain_cluster(times, 2);
  cluster.pools[0].settings.max_sequences = 8;
  const auto some = [](RandomStream& random) {
    return 1 + static_cast<std::int64_t>(random.below(100));
  };
  MadeSource source = poisson(20'000, 25, 13, some);
  SimulationOptions options;
  options.sample_interval = kSecond / 50;
  double residence = 0, in_batch = 0;
  options.on_outcome = [&](const RequestOutcome& outcome) {
    residence += static_cast<double>(outcome.last_token - outcome.request.arrival);
    in_batch += static_cast<double>(outcome.last_token - outcome.started);
  };
  const auto report = simulate_serving(cluster, source, options);
  REQUIRE(report.has_value());
  double present = 0;  // seen by samples of the engines' queues
  for (const TimelineSample& sample : report->timeline)
    present += static_cast<double>(sample.running + sample.waiting);
  present /= static_cast<double>(report->timeline.size());
  const auto duration = static_cast<double>(report->duration);
  CHECK(present == doctest::Approx(residence / duration).epsilon(0.01));
  // The engines' own integral of running sequences, against the requests' own times.
  CHECK(report->pools[0].totals.sequence_picos == doctest::Approx(in_batch).epsilon(1e-6));
  CHECK(report->pools[0].mean_running * 2 == doctest::Approx(in_batch / duration).epsilon(1e-6));
}
