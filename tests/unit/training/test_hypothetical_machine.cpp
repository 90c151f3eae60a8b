#include <doctest/doctest.h>

#include "catalogue/catalogue.hpp"
#include "training/hypothetical_machine.hpp"

using namespace polyfleet;

namespace {

const std::filesystem::path kData = std::filesystem::path(POLYFLEET_SOURCE_DIR) / "data";

PartInSystem part(const std::string& name) {
  const auto catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  const auto accelerator = catalogue->accelerator(name);
  const auto system = catalogue->system(name);
  REQUIRE(accelerator.has_value());
  REQUIRE(system.has_value());
  return {*accelerator, *system};
}

Machine hypothetical(const PartInSystem& real, const PartInSystem& changed,
                     const CostScaling& scaling = {}) {
  auto machine = load_hypothetical_machine(real, changed, scaling, kData);
  REQUIRE(machine.has_value());
  return *std::move(machine);
}

constexpr GemmShape kLarge{8192, 8192, 8192, 1, Dtype::bf16};
constexpr AttentionShape kAttention{
    .batch = 1, .heads = 8, .kv_heads = 8, .query_length = 8192, .kv_length = 8192};

}  // namespace

TEST_CASE("an unchanged machine is the real one, bit for bit") {
  for (const char* name : {"nv_h100_sxm", "amd_mi355x", "amd_mi455x", "tpu_v5p"}) {
    const PartInSystem real = part(name);
    const auto loaded = load_machine(real.accelerator, real.system, kData);
    REQUIRE(loaded.has_value());
    const Machine same = hypothetical(real, real);
    CHECK(same.kernels.gemm(kLarge).time == loaded->kernels.gemm(kLarge).time);
    CHECK(same.kernels.attention(kAttention).time == loaded->kernels.attention(kAttention).time);
    for (const RankGroup group : {RankGroup{8, 8}, RankGroup{64, 8}}) {
      const auto time = [&](const Machine& machine) {
        return machine.collectives.time(CollectiveKind::all_gather, 64 * megabyte, group).time;
      };
      CHECK(time(same) == time(*loaded));
    }
  }
}

TEST_CASE("twice the peak of a measured part nearly halves a large product, and nothing else") {
  const PartInSystem real = part("nv_h100_sxm");
  PartInSystem changed = real;
  changed.accelerator.peak[static_cast<std::size_t>(Dtype::bf16)]->value *= 2;
  const Machine before = hypothetical(real, real), after = hypothetical(real, changed);
  const double ratio = after.kernels.gemm(kLarge).time / before.kernels.gemm(kLarge).time;
  CHECK(ratio > 0.5);
  CHECK(ratio < 0.56);
  const TrafficShape traffic{1 * gigabyte, 1 * gigabyte};
  CHECK(after.kernels.traffic(traffic).time == before.kernels.traffic(traffic).time);
  GemmShape narrow = kLarge;
  narrow.dtype = Dtype::fp8;
  CHECK(after.kernels.gemm(narrow).time == before.kernels.gemm(narrow).time);
}

TEST_CASE("a part's own collective curve moves with its link") {
  const PartInSystem real = part("nv_h100_sxm");
  PartInSystem changed = real;
  changed.system.scale_up_rate->value *= 2;
  const Machine before = hypothetical(real, real), after = hypothetical(real, changed);
  const auto time = [](const Machine& machine) {
    return machine.collectives.time(CollectiveKind::all_reduce, 1 * gigabyte, {8, 8}).time;
  };
  CHECK(time(after) / time(before) > 0.5);
  CHECK(time(after) / time(before) < 0.6);
}

TEST_CASE("factors act on their own class alone") {
  const PartInSystem real = part("amd_mi355x");
  CostScaling scaling;
  scaling.kernels.attention = 2;
  scaling.scale_out.time.fill(3);
  const Machine before = hypothetical(real, real), after = hypothetical(real, real, scaling);
  CHECK(after.kernels.attention(kAttention).time == 2 * before.kernels.attention(kAttention).time);
  CHECK(after.kernels.gemm(kLarge).time == before.kernels.gemm(kLarge).time);
  const auto time = [](const Machine& machine, const RankGroup& group) {
    return machine.collectives.time(CollectiveKind::reduce_scatter, 1 * gigabyte, group).time;
  };
  CHECK(time(after, {8, 8}) == time(before, {8, 8}));
  CHECK(time(after, {8, 1}) / time(before, {8, 1}) == doctest::Approx(3).epsilon(1e-9));
}

TEST_CASE("a format that only the changed part has gets kernels") {
  const PartInSystem real = part("nv_h100_sxm");
  PartInSystem changed = real;
  changed.accelerator.peak[static_cast<std::size_t>(Dtype::nvfp4)] =
      real.accelerator.dense_peak(Dtype::fp8);
  changed.accelerator.peak[static_cast<std::size_t>(Dtype::nvfp4)]->value *= 2;
  GemmShape narrow = kLarge;
  narrow.dtype = Dtype::nvfp4;
  const Machine before = hypothetical(real, real), after = hypothetical(real, changed);
  CHECK(after.kernels.gemm(narrow).time < before.kernels.gemm(narrow).time);
}
