// The parts of the cluster by themselves: clock, autoscaler, links, bound on prefix hits, media.
#include <doctest/doctest.h>

#include <algorithm>

#include "serving/autoscaler.hpp"
#include "serving/cluster_clock.hpp"
#include "serving/cluster_media_replica.hpp"
#include "serving/cluster_prefix_bound.hpp"
#include "serving/transfer_links.hpp"
#include "unit/serving/cluster_fakes.hpp"

using namespace polyfleet;

TEST_CASE("the clock tells the first of many, the lower number of equals") {
  RandomStream random(7, 1);
  for (const std::size_t replicas : {1, 2, 3, 8, 13}) {
    ClusterClock clock(replicas);
    CHECK(clock.time() == kNever);
    std::vector<std::pair<Picos, bool>> times(replicas, {kNever, false});
    for (int i = 0; i < 500; ++i) {
      const auto place = static_cast<std::size_t>(random.below(replicas));
      times[place] = {static_cast<Picos>(random.below(20)), random.chance(0.5)};
      if (random.chance(0.1)) times[place] = {kNever, false};
      clock.set(place, times[place].first, times[place].second);
      const auto least = std::min_element(times.begin(), times.end());
      REQUIRE(clock.time() == least->first);
      if (least->first == kNever) continue;
      REQUIRE(clock.begins() == least->second);
      REQUIRE(clock.first() == static_cast<std::size_t>(least - times.begin()));
    }
  }
}

TEST_CASE("an autoscaler adds at once and takes away after the cool-down") {
  Autoscaling rules;
  rules.on = true;
  rules.least = 1;
  rules.most = 10;
  rules.target_load = 0.5;
  rules.cool_down = 100;
  Autoscaler scaler(rules, 10, 2, 0);  // aims at 5 requests a replica
  CHECK(scaler.decide(10, 10, 2) == 0);
  CHECK(scaler.decide(20, 11, 2) == 1);
  CHECK(scaler.decide(30, 1000, 3) == 7);  // no more than `most`
  CHECK(scaler.decide(40, 5, 10) == 0);    // 10 were wanted 10 ago
  CHECK(scaler.decide(129, 12, 10) == 0);
  CHECK(scaler.decide(130, 5, 10) == -7);  // now the most wanted since is 3
  CHECK(scaler.decide(231, 0, 3) == -2);   // no fewer than `least`
}

TEST_CASE("a sender's link moves one cache at a time; latency and conversion follow") {
  ServingCluster cluster;
  cluster.transfers.push_back({0, 1, 7, 2.5, 0.75, "", 0.25});
  TransferLinks links(cluster);
  Picos first_sender = 0, second_sender = 0;
  CHECK(links.send(0, 1, 100, 1000, first_sender) == 1000 + 250 + 7 + 100);
  CHECK(links.send(0, 1, 100, 1100, first_sender) == 1250 + 250 + 7 + 100);  // waits 150
  CHECK(links.send(0, 1, 100, 1100, second_sender) == 1100 + 250 + 7 + 100);
  const TransferReport& report = links.report().front();
  CHECK(report.requests == 3);
  CHECK(report.tokens == 300);
  CHECK(report.waiting == 150);
  CHECK(report.moving == 750);
  CHECK(report.converting == 225);
  CHECK(report.staging == 75);
}

TEST_CASE("the bound on prefix hits counts leading blocks that were seen, per model") {
  InfinitePrefixCache cache;
  ServingRequest request = text_request(0, 0, 40, 1);
  request.prefix_block_tokens = 16;
  request.prefix_blocks = {11, 12, 13};
  CHECK(cache.see(request) == 0);
  CHECK(cache.see(request) == 40);  // three blocks would be 48, the prompt has 40
  request.prefix_blocks = {11, 99, 13};
  CHECK(cache.see(request) == 16);  // what follows an unknown block does not count
  request.model = 1;
  CHECK(cache.see(request) == 0);
  for (std::uint64_t i = 0; i < 5000; ++i) {  // grows and forgets nothing
    request.prefix_blocks = {1000 + i};
    CHECK(cache.see(request) == 0);
  }
  request.prefix_blocks = {11, 99, 13};
  CHECK(cache.see(request) == 40);
}

namespace {

struct Heard final : ReplicaListener {
  std::vector<std::pair<std::int64_t, Picos>> ends;
  void first_token(RequestState&, Picos) override {}
  void finished(RequestState& state, Picos at) override { ends.emplace_back(state.request.id, at); }
  void refused(RequestState&, Picos) override {}
};

RequestState picture(std::int64_t id, int steps) {
  RequestState state;
  state.request.id = id;
  state.request.media = ServingRequest::Media{1, 512, 512, steps, 2};
  return state;
}

}  // namespace

TEST_CASE("a media replica works on one request at a time, in order") {
  PlainMedia media;
  Heard heard;
  MediaReplica replica(media, heard);
  RequestState a = picture(1, 4), b = picture(2, 2), c = picture(3, 1);
  replica.submit(a, 0);
  replica.submit(b, kSecond);
  replica.submit(c, kSecond);
  CHECK(replica.next_event() == 4 * kSecond);
  CHECK(replica.load().waiting == 2);
  replica.advance(4 * kSecond);
  replica.withdraw(b, 5 * kSecond);  // half done: lost
  replica.advance(10 * kSecond);
  CHECK(heard.ends ==
        std::vector<std::pair<std::int64_t, Picos>>{{1, 4 * kSecond}, {3, 6 * kSecond}});
  CHECK(c.started == 5 * kSecond);
  CHECK(replica.totals().busy == 6 * kSecond);
  CHECK(replica.next_event() == kNever);
  replica.submit(a, 10 * kSecond);
  replica.submit(b, 10 * kSecond);
  CHECK(replica.evict_all(11 * kSecond) == std::vector<RequestState*>{&a, &b});
  CHECK(replica.next_event() == kNever);
}
