#include <doctest/doctest.h>

#include "catalogue/catalogue.hpp"
#include "cost/cross_exchange.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

const CollectiveData& shipped_data() {
  static const CollectiveData data = *CollectiveData::load(kData);
  return data;
}

Network network_named(const char* name) {
  static const Catalogue catalogue = *load_catalogue(kData);
  return *network_of(catalogue, name);
}

CrossCosts costs_of(const CrossLink& link, const char* a = "hgx_h100",
                    const char* b = "mi300x_8oam") {
  auto costs = CrossCosts::make(link, network_named(a), network_named(b), shipped_data());
  REQUIRE(costs);
  return *costs;
}

CrossLink link_of(double gigabytes) {
  CrossLink link;
  link.rate = gigabytes * gigabyte_per_second;
  return link;
}

constexpr Bytes kLarge = 1 * gigabyte;

}  // namespace

TEST_CASE("the default link is the smaller NIC of the two") {
  const Network h100 = network_named("hgx_h100");
  Network slow = network_named("mi300x_8oam");
  slow.scale_out_rate = 25 * gigabyte_per_second;
  const auto link = default_cross_link({&h100, {}}, {&slow, {}}, CrossRoute::direct);
  REQUIRE(link);
  CHECK(link->rate == 25 * gigabyte_per_second);
  slow.oversubscription = 2;
  CHECK(default_cross_link({&slow, {}}, {&h100, {}}, CrossRoute::direct)->rate ==
        12.5 * gigabyte_per_second);
}

TEST_CASE("a link that cannot be made says why") {
  const Network h100 = network_named("hgx_h100");
  Network none = h100;
  none.scale_out_rate = 0 * gigabyte_per_second;
  CHECK_FALSE(default_cross_link({&h100, {}}, {&none, {}}, CrossRoute::direct));
  CHECK_FALSE(default_cross_link({&h100, {}}, {&h100, {}}, CrossRoute::staged));
  CHECK_FALSE(CrossCosts::make(link_of(0), h100, h100, shipped_data()));
  CrossLink staged = link_of(50);
  staged.route = CrossRoute::staged;
  CHECK_FALSE(CrossCosts::make(staged, h100, h100, shipped_data()));
}

TEST_CASE("between like pools the exchange is their own library's over NICs") {
  const Network h100 = network_named("hgx_h100");
  const CollectiveCosts own = *CollectiveCosts::make(h100, shipped_data());
  const CrossCosts cross = costs_of(link_of(50), "hgx_h100", "hgx_h100");
  for (const int islands : {2, 3, 8}) {
    const RankGroup group{.size = islands, .per_domain = 1};
    CHECK(cross.all_reduce(kLarge, islands).total() ==
          own.time(CollectiveKind::all_reduce, kLarge, group).time);
    CHECK(CrossCosts::within(own).all_reduce(kLarge, islands).total() ==
          own.time(CollectiveKind::all_reduce, kLarge, group).time);
  }
  CHECK(cross.send(kLarge, 1, 8).total() ==
        own.time(CollectiveKind::send_recv, kLarge, {.size = 2, .per_domain = 1}).time);
}

TEST_CASE("between vendors the slower library counts, whichever end it is") {
  const CrossCosts one = costs_of(link_of(50));
  const CrossCosts other = costs_of(link_of(50), "mi300x_8oam", "hgx_h100");
  const CrossCosts nvidia = costs_of(link_of(50), "hgx_h100", "hgx_h100");
  const CrossCosts amd = costs_of(link_of(50), "mi300x_8oam", "mi300x_8oam");
  for (const Bytes size : {1 * kilobyte, 1 * megabyte, kLarge}) {
    CHECK(one.all_reduce(size, 2).total() == other.all_reduce(size, 2).total());
    CHECK(one.all_reduce(size, 2).total() ==
          max(nvidia.all_reduce(size, 2).total(), amd.all_reduce(size, 2).total()));
  }
}

TEST_CASE("a large message takes its bytes over the rate that NICs reach") {
  // 0.9 of the line rate by both libraries' parameters; latencies are microseconds.
  const Seconds time = costs_of(link_of(50)).send(10 * gigabyte, 1, 1).total();
  CHECK(time / second == doctest::Approx(10.0 / (50 * 0.9)).epsilon(1e-3));
  // an all-reduce between two carries its payload once each way
  CHECK(costs_of(link_of(50)).all_reduce(10 * gigabyte, 2).total() / second ==
        doctest::Approx(10.0 / (50 * 0.9)).epsilon(1e-3));
}

TEST_CASE("more rate, less latency, and a higher cap never slow a message") {
  CrossLink link = link_of(10);
  Seconds before = costs_of(link).send(kLarge, 4, 16).total();
  for (const double rate : {20.0, 50.0, 100.0}) {
    link.rate = rate * gigabyte_per_second;
    const Seconds now = costs_of(link).send(kLarge, 4, 16).total();
    CHECK(now < before);
    before = now;
  }
  link.aggregate = 100 * gigabyte_per_second;  // 16 flows of 100 share 100
  const Seconds capped = costs_of(link).send(kLarge, 4, 16).total();
  CHECK(capped / second == doctest::Approx(16.0 / 100));
  link.aggregate = 200 * gigabyte_per_second;
  CHECK(costs_of(link).send(kLarge, 4, 16).total() < capped);
  link.latency = 1 * millisecond;
  CrossLink near = link;
  near.latency = 0 * second;
  CHECK(costs_of(link).all_reduce(1 * kilobyte, 3).total() ==
        costs_of(near).all_reduce(1 * kilobyte, 3).total() + 4 * millisecond);
}

TEST_CASE("staging adds a copy out and a copy in") {
  CrossLink link = link_of(50);
  const Seconds direct = costs_of(link).send(kLarge, 1, 1).total();
  link.route = CrossRoute::staged;
  link.host_rate_a = 50 * gigabyte_per_second;
  link.host_rate_b = 25 * gigabyte_per_second;
  const CrossTime staged = costs_of(link).send(kLarge, 1, 1);
  CHECK(staged.network == direct);
  CHECK(staged.staging / second == doctest::Approx(1.0 / 50 + 1.0 / 25));
  CHECK(costs_of(link).all_reduce(kLarge, 4).staging / second ==
        doctest::Approx(1.5 * (1.0 / 50 + 1.0 / 25)));
}

TEST_CASE("more pieces cost more starts, one island exchanges nothing") {
  const CrossCosts costs = costs_of(link_of(50));
  CHECK(costs.send(kLarge, 4, 1).network > costs.send(kLarge, 1, 1).network);
  CHECK(costs.send(kLarge, 4, 1).network < costs.send(kLarge, 1, 1).network + 1 * millisecond);
  CHECK(costs.all_reduce(kLarge, 1).total() == 0 * second);
}
