#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "cost/collective_costs.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

const CollectiveData& data() {
  static const CollectiveData loaded = [] {
    auto result = CollectiveData::load(kData);
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.problems())));
    return std::move(result).value();
  }();
  return loaded;
}

Network h100() {
  Network n;
  n.scale_up = ScaleUpKind::nvlink_switch;
  n.scale_up_domain = 8;
  n.accelerators_per_node = 8;
  n.scale_up_rate = n.pair_rate = 450 * gigabyte_per_second;
  n.scale_out_rate = 50 * gigabyte_per_second;
  n.accelerator_id = "nv_h100_sxm";
  n.vendor = "NVIDIA";
  return n;
}

Network mi300x() {
  Network n = h100();
  n.scale_up = ScaleUpKind::xgmi_mesh;
  n.scale_up_rate = 448 * gigabyte_per_second;
  n.pair_rate = 64 * gigabyte_per_second;
  n.accelerator_id = "amd_mi300x";
  n.vendor = "AMD";
  return n;
}

Network torus(std::vector<int> dims) {
  Network n = h100();
  n.scale_up = ScaleUpKind::torus;
  n.scale_up_rate = n.pair_rate = 600 * gigabyte_per_second;
  n.torus_dims = std::move(dims);
  n.scale_up_domain = 8960;
  n.accelerator_id = "tpu_v5p";
  n.vendor = "Google";
  return n;
}

CollectiveCosts costs_of(const Network& network, const CollectiveOptions& options = {}) {
  auto made = CollectiveCosts::make(network, data(), options);
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : to_text(made.problems())));
  return std::move(made).value();
}

double us(const CollectiveCosts& costs, CollectiveKind kind, double bytes, RankGroup group) {
  return costs.time(kind, bytes * byte, group).time / microsecond;
}

constexpr CollectiveKind kAll[] = {CollectiveKind::all_reduce, CollectiveKind::reduce_scatter,
                                   CollectiveKind::all_gather, CollectiveKind::all_to_all,
                                   CollectiveKind::broadcast,  CollectiveKind::send_recv};

}  // namespace

TEST_CASE("a measured point is returned as measured") {
  // aiconfigurator, NCCL 2.29.2, H100: 512 MiB over 8 ranks. half 2111 us, int8 within 0.5 %.
  const auto costs = costs_of(h100());
  CHECK(us(costs, CollectiveKind::all_reduce, 536870912, {8, 8}) ==
        doctest::Approx(2111).epsilon(0.006));
  const auto time = costs.time(CollectiveKind::all_reduce, 536870912 * byte, {8, 8});
  CHECK(time.fidelity == Fidelity::measured_table);
  CHECK(time.algorithm == "switch_reduce NVLS");
}

TEST_CASE("one pair of a full mesh sees one link, eight ranks see seven") {
  // MI300X, 4 GiB: 47.7 GB/s over one link of 64, 312-315 GB/s over seven.
  const auto costs = costs_of(mi300x());
  const double two = us(costs, CollectiveKind::all_reduce, 4294967296.0, {2, 2});
  const double eight = us(costs, CollectiveKind::all_reduce, 4294967296.0, {8, 8});
  CHECK(4294967296.0 / two / 1e3 == doctest::Approx(47.67).epsilon(0.01));
  CHECK(1.75 * 4294967296.0 / eight / 1e3 == doctest::Approx(314).epsilon(0.01));
}

TEST_CASE("one rank takes no time, an empty payload costs latency") {
  const auto costs = costs_of(h100());
  for (const CollectiveKind kind : kAll) {
    CHECK(us(costs, kind, 1e9, {1, 1}) == 0);
    const double empty = us(costs, kind, 0, {2, 2});
    CHECK(empty > 1);
    CHECK(empty < 60);
  }
}

TEST_CASE("a faster link never slows and twice the payload costs at most twice") {
  for (const Network& base : {h100(), mi300x(), torus({4, 4, 4})}) {
    Network fast = base;  // not so fast that another family becomes the nearest relative
    fast.scale_up_rate *= 1.05;
    fast.pair_rate *= 1.05;
    fast.scale_out_rate *= 1.05;
    fast.accelerator_id = "unmeasured";
    Network slow = base;
    slow.accelerator_id = "unmeasured";
    const auto a = costs_of(slow);
    const auto b = costs_of(fast);
    for (const CollectiveKind kind : kAll) {
      for (const RankGroup group : {RankGroup{8, 8}, RankGroup{64, 8}, RankGroup{4, 1}}) {
        for (double bytes = 1e3; bytes < 1e10; bytes *= 3) {
          CAPTURE(bytes);
          CAPTURE(group.size);
          CAPTURE(name_of(kind));
          // Curves carry measured steps between protocols: 12 % is their largest fall-back.
          CHECK(us(b, kind, bytes, group) <= us(a, kind, bytes, group) * 1.12);
          CHECK(us(a, kind, 2 * bytes, group) <= 2.35 * us(a, kind, bytes, group));
        }
      }
    }
  }
}

TEST_CASE("never below the link: bandwidth bound of each collective") {
  const auto costs = costs_of(h100());
  for (double bytes = 1e3; bytes < 1e11; bytes *= 7) {
    const double bound = bytes * 7 / 8 / 450e9 * 1e6;
    CHECK(us(costs, CollectiveKind::all_gather, bytes, {8, 8}) > bound);
    CHECK(us(costs, CollectiveKind::reduce_scatter, bytes, {8, 8}) > bound);
    CHECK(us(costs, CollectiveKind::all_to_all, bytes, {8, 8}) > bound);
    // NVLink SHARP: every link carries the payload once.
    CHECK(us(costs, CollectiveKind::all_reduce, bytes, {8, 8}) > bytes / 450e9 * 1e6);
    // Across 64 nodes the eight NICs carry 2 * 63/64 of it.
    CHECK(us(costs, CollectiveKind::all_reduce, bytes, {512, 8}) >
          2 * 63.0 / 64 * bytes / 8 / 50e9 * 1e6);
  }
}

TEST_CASE("two levels stream at once: NICs bind at eight times 50 GB/s") {
  const auto costs = costs_of(h100());
  const double t = us(costs, CollectiveKind::all_reduce, 8e9, {64, 8});
  const double bus = 2 * 63.0 / 64 * 8e9 / t / 1e3;
  CHECK(bus > 0.78 * 400);
  CHECK(bus < 450);
  Network shared = h100();
  const auto half = costs.time(CollectiveKind::all_reduce, 8e9 * byte, {64, 8, 2});
  CHECK(half.time / microsecond > 1.8 * t);
  shared.oversubscription = 2;
  CHECK(us(costs_of(shared), CollectiveKind::all_reduce, 8e9, {64, 8}) > 1.8 * t);
}

TEST_CASE("SHARP in the scale-out fabric halves what the NICs carry") {
  Network sharp = h100();
  sharp.scale_out_in_network_reduction = true;
  const double without = us(costs_of(h100()), CollectiveKind::all_reduce, 8e9, {64, 1});
  const double with = us(costs_of(sharp), CollectiveKind::all_reduce, 8e9, {64, 1});
  // 1 + 1/64 of the payload instead of 2 * 63/64.
  CHECK(with / without == doctest::Approx(1.015625 / 1.96875).epsilon(0.01));
}

TEST_CASE("a slice of a torus uses the links of the axes it spans") {
  const auto costs = costs_of(torus({4, 4, 4}));
  const double pair = us(costs, CollectiveKind::all_gather, 4e9, {2, 2});
  const double cube = us(costs, CollectiveKind::all_gather, 4e9, {64, 64});
  // Half of the payload over one axis of three, 63/64 over all three: ratio (1/2 * 3) / (63/64).
  CHECK(pair / cube == doctest::Approx(1.5 / 0.984375).epsilon(0.01));
}

TEST_CASE("no NIC between domains is infinite, not zero") {
  Network alone = h100();
  alone.scale_out_rate = BytesPerSecond();
  const auto costs = costs_of(alone);
  CHECK(std::isinf(us(costs, CollectiveKind::all_reduce, 1e6, {16, 8})));
  CHECK(std::isfinite(us(costs, CollectiveKind::all_reduce, 1e6, {8, 8})));
}

TEST_CASE("a part never measured takes the nearest relative and says so") {
  Network rubin = h100();
  rubin.accelerator_id = "nv_rubin";
  rubin.scale_up_rate = rubin.pair_rate = 1800 * gigabyte_per_second;
  rubin.scale_up_domain = 72;
  const auto costs = costs_of(rubin);
  CHECK(costs.family() == "nvlink_blackwell");
  const auto time = costs.time(CollectiveKind::all_gather, 5e8 * byte, {8, 8});
  CHECK(time.fidelity == Fidelity::transferred);
  CHECK(time.sigma > 0.13);
  CHECK(costs.time(CollectiveKind::all_gather, 1e4 * byte, {8, 8}).sigma > 0.3);
  // Twice the rate of B200: 1 GiB here takes what 512 MiB takes there (761 us).
  CHECK(us(costs, CollectiveKind::all_gather, 1073741824, {8, 8}) ==
        doctest::Approx(761).epsilon(0.02));
}

TEST_CASE("an inconsistent network is refused with every problem") {
  Network bad = h100();
  bad.scale_up_rate = BytesPerSecond();
  bad.oversubscription = 0.5;
  const auto made = CollectiveCosts::make(bad, data());
  REQUIRE(!made.has_value());
  CHECK(made.problems().size() == 2);
}
