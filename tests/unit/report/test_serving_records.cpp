#include <doctest/doctest.h>

#include "report/serving_records.hpp"

using namespace polyfleet;

namespace {

constexpr Picos kSecond = 1'000'000'000'000;

ServingCluster three_pools() {
  ServingCluster cluster;
  const char* vendors[] = {"AMD", "NVIDIA", "AMD"};
  for (const char* vendor : vendors) {
    cluster.pools.emplace_back();
    cluster.pools.back().vendor = vendor;
  }
  return cluster;
}

/// Arrives at `at`, its first token `wait` later, its last token a second after that.
RequestOutcome finished(Picos at, Picos wait, std::int32_t pool = 0) {
  RequestOutcome outcome;
  outcome.request.arrival = at;
  outcome.request.output_tokens = 11;
  outcome.started = at;
  outcome.first_token = at + wait;
  outcome.last_token = at + wait + kSecond;
  outcome.pool = pool;
  return outcome;
}

RequestSpan sum_of(const ServingRecords& records) {
  RequestSpan sum;
  for (const auto& [place, span] : records.spans()) {
    sum.arrived += span.arrived;
    sum.finished += span.finished;
    sum.refused += span.refused;
    sum.cancelled += span.cancelled;
    sum.met += span.met;
    sum.first += span.first;
    sum.first_token_sum += span.first_token_sum;
  }
  return sum;
}

}  // namespace

TEST_CASE("latencies go to all, to the pool where the request ended, and to its vendor") {
  ServingRecords records(three_pools(), 0);
  for (int i = 0; i < 10; ++i) records.add(finished(i * kSecond, kSecond / 2, i % 3));
  const auto first = static_cast<std::size_t>(LatencyKind::first_token);
  const auto token = static_cast<std::size_t>(LatencyKind::per_token);
  CHECK(records.all()[first].count() == 10);
  CHECK(records.of_pool(0)[first].count() == 4);
  CHECK(records.of_vendor("AMD")[first].count() == 7);
  CHECK(records.of_vendor("NVIDIA")[first].count() == 3);
  CHECK(records.all()[first].summary().mean == doctest::Approx(0.5));
  CHECK(records.all()[token].summary().mean == doctest::Approx(0.1));
}

TEST_CASE("the warm-up has no part in latencies, but in the course") {
  ServingRecords records(three_pools(), 5 * kSecond);
  for (int i = 0; i < 10; ++i) records.add(finished(i * kSecond, kSecond / 2));
  CHECK(records.all()[0].count() == 5);
  CHECK(sum_of(records).arrived == 10);
  CHECK(sum_of(records).first == 10);
}

TEST_CASE("spans double until few enough, and lose nothing") {
  ServingRecords records(three_pools(), 0);
  const int requests = 3000;
  for (int i = 0; i < requests; ++i) records.add(finished(7 * i * kSecond, kSecond / 4));
  RequestOutcome refused = finished(9 * kSecond, 0);
  refused.end = RequestOutcome::End::refused;
  records.add(refused);
  const auto& spans = records.spans();
  CHECK(spans.rbegin()->first - spans.begin()->first <
        static_cast<std::int64_t>(ServingRecords::kMostSpans));
  // 21,000 s need spans of 256 s.
  CHECK(records.span() == 256 * kSecond);
  const RequestSpan sum = sum_of(records);
  CHECK(sum.arrived == requests + 1);
  CHECK(sum.finished == requests);
  CHECK(sum.refused == 1);
  CHECK(sum.first_token_sum == doctest::Approx(requests / 4.0));
  CHECK(spans.at(0).first_token_most == doctest::Approx(0.25));
}

TEST_CASE("a request is within its bounds only when it is within each") {
  ServingCluster cluster = three_pools();
  cluster.classes = {{"chat", kSecond / 2, kSecond / 10, kNever}};
  const auto met = [&](const RequestOutcome& outcome) {
    ServingRecords records(cluster, 0);
    records.add(outcome);
    return sum_of(records).met;
  };
  CHECK(met(finished(0, kSecond / 2)) == 1);
  CHECK(met(finished(0, kSecond / 2 + 1)) == 0);
  RequestOutcome slow = finished(0, kSecond / 4);
  slow.last_token += kSecond / 100;  // 101 ms a token
  CHECK(met(slow) == 0);
  cluster.classes[0].per_output_token = kNever;
  cluster.classes[0].end_to_end = kSecond;
  CHECK(met(finished(0, kSecond / 4)) == 0);
}
