// The search over mixed pools against brute force on hundreds of small clusters: its bound is never
// above the true optimum, its plan never further from it than the gap says.
#include <doctest/doctest.h>

#include <random>

#include "mixed_world.hpp"

using namespace polyfleet;

namespace {

constexpr double kRounding = 1e-9;

WorldSpec random_spec(std::mt19937_64& random) {
  constexpr const char* kParts[] = {"nv_h100_sxm", "amd_mi300x", "nv_b200", "amd_mi355x"};
  const auto pick = [&](std::uint64_t count) { return random() % count; };
  WorldSpec spec;
  const std::size_t pools = 2 + (pick(6) == 0 ? 1 : 0);
  for (std::size_t k = 0; k < pools; ++k) {
    WorldPool pool;
    pool.accelerator = kParts[pick(4)];
    pool.devices = static_cast<std::int64_t>(1 + pick(pools == 2 ? 5 : 3));
    // Without recomputation a layer keeps some GB of a sequence; a device itself takes 2 to 5.
    pool.memory_gigabytes = pick(3) == 0 ? 0 : 2.0 + 0.25 * static_cast<double>(pick(32));
    spec.pools.push_back(pool);
  }
  spec.layers = pools == 2 ? static_cast<int>(2 + pick(4)) : 3;
  spec.global_batch = static_cast<std::int64_t>(3 + pick(6));
  if (pick(3) == 0) spec.link_gigabits = pick(2) == 0 ? 0.5 : 10;
  return spec;
}

bool has_pipeline(const PlannedMix& mix) {
  return mix.kind == MixKind::pipeline || mix.kind == MixKind::both;
}

}  // namespace

TEST_CASE("search over mixed pools agrees with brute force on small clusters") {
  std::mt19937_64 random(20261122);
  int solved = 0, mixed = 0, piped = 0, exact = 0, nothing = 0;
  constexpr int kCases = 200;
  for (int turn = 0; turn < kCases; ++turn) {
    const WorldSpec spec = random_spec(random);
    World world(spec);
    world.question.gap_wanted = turn % 2 == 0 ? 0 : 0.02;
    REQUIRE(mixed_search_problems(world.question).empty());
    const std::optional<double> truth = brute_force(world.question);
    const MixedSearchResult result = search_mixed_plans(world.question, {});
    CAPTURE(turn);
    if (!truth) {
      CHECK(result.best.empty());
      CHECK(!result.why_nothing.empty());
      ++nothing;
      continue;
    }
    CAPTURE(*truth);
    CAPTURE(result.lower_bound);
    CHECK(result.lower_bound <= *truth * (1 + kRounding));
    REQUIRE(!result.best.empty());
    const PlannedMix& best = result.best.front();
    CAPTURE(best.composition);
    CHECK(best.objective >= *truth * (1 - kRounding));
    CHECK(best.objective <= *truth * (1 + result.gap + kRounding));
    CHECK(best.step.fits_in_memory);
    ++solved;
    mixed += best.kind != MixKind::alone ? 1 : 0;
    piped += has_pipeline(best) ? 1 : 0;
    exact += best.objective <= *truth * (1 + kRounding) ? 1 : 0;
    for (const MixFamily& family : result.families)
      if (family.best) CHECK(family.lower_bound <= *family.best * (1 + kRounding));
  }
  MESSAGE(solved << " solved, " << exact << " optimal, " << mixed << " mixed, " << piped
                 << " with pipelines, " << nothing << " without any plan");
  CHECK(solved > 150);
  CHECK(mixed > 30);
  CHECK(piped > 5);
  CHECK(exact > solved / 2);
}

TEST_CASE("the gap without pipelines over pools holds by brute force") {
  std::mt19937_64 random(20261123);
  int solved = 0, mixed = 0;
  constexpr int kCases = 60;
  for (int turn = 0; turn < kCases; ++turn) {
    WorldSpec spec = random_spec(random);
    spec.hidden = 4096;  // enough work that groups are worth their exchange
    spec.global_batch *= 3;
    spec.link_gigabits = 0;
    World world(spec);
    const MixedSearchResult whole = search_mixed_plans(world.question, {});
    world.question.constraints.kinds = {MixKind::alone, MixKind::data_groups};
    const std::optional<double> truth = brute_force(world.question);
    CAPTURE(turn);
    CHECK(whole.gap_without_pipelines.has_value() == truth.has_value());
    if (!truth || !whole.gap_without_pipelines) continue;
    ++solved;
    for (const PlannedMix& mix : whole.best) {
      if (has_pipeline(mix)) continue;
      CAPTURE(mix.composition);
      CHECK(mix.objective >= *truth * (1 - kRounding));
      CHECK(mix.objective <= *truth * (1 + *whole.gap_without_pipelines + kRounding));
      mixed += mix.kind == MixKind::data_groups ? 1 : 0;
      break;
    }
  }
  CHECK(solved > 40);
  CHECK(mixed > 3);
}
