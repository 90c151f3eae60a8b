// Hand-derived cases on made-up constants, so that every term shows.
#include <doctest/doctest.h>

#include <cmath>

#include "cost/collective_costs.hpp"

using namespace polyfleet;

namespace {

ProtocolRow row(CollectiveKind op, CollectiveAlgorithm algorithm, double base, double hop,
                double efficiency) {
  ProtocolRow out;
  out.op = op;
  out.algorithm = algorithm;
  out.protocol = "P";
  out.base = base * microsecond;
  out.hop = hop * microsecond;
  out.efficiency = efficiency;
  out.label = std::string(name_of(algorithm));
  return out;
}

void add(CollectiveFamily& family, ProtocolRow row) {
  family.rows[static_cast<std::size_t>(row.op)].push_back(std::move(row));
}

/// Inside: 1 us and 2 us a hop at the full rate. Outside: 10 us and 5 us a hop at half of it.
CollectiveData made_up() {
  CollectiveData data;
  CollectiveFamily inside;
  inside.kind = ScaleUpKind::xgmi_mesh;
  inside.rate = 700 * gigabyte_per_second;
  CollectiveFamily outside;
  outside.kind = ScaleUpKind::none;
  outside.rate = 50 * gigabyte_per_second;
  for (const auto kind : {CollectiveKind::all_reduce, CollectiveKind::all_gather}) {
    add(inside, row(kind, CollectiveAlgorithm::ring, 1, 2, 1));
    add(outside, row(kind, CollectiveAlgorithm::ring, 10, 5, 0.5));
  }
  add(inside, row(CollectiveKind::all_to_all, CollectiveAlgorithm::direct, 1, 2, 1));
  add(outside, row(CollectiveKind::all_to_all, CollectiveAlgorithm::direct, 10, 5, 0.5));
  data.families = {inside, outside};
  data.uncertainty = {0.05, 0.12, 0.15, 0.4, 0.1, 0.3, 0.35};
  return data;
}

Network mesh() {
  Network network;
  network.scale_up = ScaleUpKind::xgmi_mesh;
  network.scale_up_domain = network.accelerators_per_node = 8;
  network.scale_up_rate = 700 * gigabyte_per_second;
  network.pair_rate = 100 * gigabyte_per_second;
  network.scale_out_rate = 50 * gigabyte_per_second;
  return network;
}

double us(CollectiveKind kind, double bytes, RankGroup group, const CollectiveData& data) {
  const auto costs = CollectiveCosts::make(mesh(), data);
  REQUIRE(costs.has_value());
  return costs->time(kind, bytes * byte, group).time / microsecond;
}

}  // namespace

TEST_CASE("a ring through two domains: its hops over NICs and inside both") {
  const CollectiveData data = made_up();
  // One pass: 2 NIC hops of 5 us, 7 inner hops of 2 us in each of two domains, the dearer base.
  CHECK(us(CollectiveKind::all_gather, 0, {16, 8}, data) == doctest::Approx(10 + 10 + 28));
  CHECK(us(CollectiveKind::all_reduce, 0, {16, 8}, data) == doctest::Approx(10 + 20 + 56));
  CHECK(us(CollectiveKind::all_gather, 0, {32, 8}, data) == doctest::Approx(10 + 20 + 56));
  // 15/16 of 1 GB over eight NICs at 25 GB/s; the mesh (7/8 at 700 GB/s) hides behind them.
  CHECK(us(CollectiveKind::all_gather, 1e9, {16, 8}, data) ==
        doctest::Approx(48 + 0.9375e9 / 8 / 25e9 * 1e6));
}

TEST_CASE("all-to-all across domains: only what leaves the domain crosses NICs") {
  const CollectiveData data = made_up();
  // Eight peers outside, half of the payload at 25 GB/s.
  CHECK(us(CollectiveKind::all_to_all, 1e9, {16, 8}, data) ==
        doctest::Approx(10 + 8 * 5 + 0.5e9 / 25e9 * 1e6));
  // Nobody in the own domain but oneself.
  CHECK(us(CollectiveKind::all_to_all, 1e9, {2, 1}, data) ==
        doctest::Approx(10 + 5 + 0.5e9 / 25e9 * 1e6));
}

TEST_CASE("a mesh gives a group of n the links to its n-1 peers") {
  const CollectiveData data = made_up();
  CHECK(us(CollectiveKind::all_gather, 1e9, {2, 2}, data) ==
        doctest::Approx(1 + 2 + 0.5e9 / 100e9 * 1e6));
  CHECK(us(CollectiveKind::all_gather, 1e9, {8, 8}, data) ==
        doctest::Approx(1 + 14 + 0.875e9 / 700e9 * 1e6));
}

TEST_CASE("a tree is one edge between two domains, an inner node from three on") {
  CollectiveData data = made_up();
  data.families[1].rows[0] = {row(CollectiveKind::all_reduce, CollectiveAlgorithm::tree, 10, 5, 1)};
  // 2 NIC hops and one domain's 14 inner hops; once over eight NICs at 50 GB/s.
  CHECK(us(CollectiveKind::all_reduce, 1e9, {16, 8}, data) ==
        doctest::Approx(10 + 10 + 28 + 1e9 / 8 / 50e9 * 1e6));
  CHECK(us(CollectiveKind::all_reduce, 1e9, {32, 8}, data) ==
        doctest::Approx(10 + 20 + 28 + 2e9 / 8 / 50e9 * 1e6));
}

TEST_CASE("what a way of launching adds where it was not measured") {
  CollectiveData data = made_up();
  data.launches = {{"by hand", 7 * microsecond, "made up", "estimated"}};
  CollectiveOptions options;
  options.library = "by hand";
  const auto launched = CollectiveCosts::make(mesh(), data, options);
  REQUIRE(launched.has_value());
  const auto time = launched->time(CollectiveKind::all_gather, Bytes(), {8, 8});
  CHECK(time.time / microsecond == doctest::Approx(1 + 14 + 7));
  CHECK(time.sigma > 0.35);
}

TEST_CASE("intervals of a transferred part: latency is less certain than bandwidth") {
  const CollectiveData data = made_up();
  const auto costs = CollectiveCosts::make(mesh(), data);
  REQUIRE(costs.has_value());
  CHECK(costs->time(CollectiveKind::all_gather, Bytes(), {8, 8}).sigma == doctest::Approx(0.4));
  const auto large = costs->time(CollectiveKind::all_gather, 1e15 * byte, {8, 8});
  CHECK(large.sigma == doctest::Approx(0.1).epsilon(0.001));
  CHECK(large.fidelity == Fidelity::transferred);
  CHECK(costs->time(CollectiveKind::all_gather, 1e15 * byte, {16, 8}).sigma ==
        doctest::Approx(std::hypot(0.1, 0.3)).epsilon(0.001));
}
