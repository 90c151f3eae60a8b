// Clusters with a known answer: a model that no pool holds alone, a link too slow to mix over,
// shares of vendors, interruption, and the same answer from any number of threads.
#include <doctest/doctest.h>

#include <atomic>

#include "mixed_world.hpp"

using namespace polyfleet;

namespace {

WorldSpec two_pools() {
  WorldSpec spec;
  spec.pools = {{"nv_h100_sxm", 4, 0}, {"amd_mi300x", 4, 0}};
  spec.global_batch = 16;
  return spec;
}

const MixFamily& family(const MixedSearchResult& result, const char* composition) {
  for (const MixFamily& each : result.families)
    if (each.composition == composition) return each;
  FAIL("no such family");
  return result.families.front();
}

}  // namespace

TEST_CASE("a model that no pool holds alone is run as a pipeline over both") {
  WorldSpec spec;
  spec.pools = {{"nv_h100_sxm", 2, 7.5}, {"amd_mi300x", 2, 7.5}};
  spec.layers = 12;
  spec.global_batch = 8;
  World world(spec);
  const MixedSearchResult result = search_mixed_plans(world.question, {});
  REQUIRE(!result.best.empty());
  CHECK(!result.alone[0].best);
  CHECK(!result.alone[1].best);
  CHECK(!result.alone[0].why.empty());
  CHECK(result.best[0].kind == MixKind::pipeline);
  CHECK(!family(result, "a").feasible);
  CHECK(result.sum_of_own_rates == 0);
  CHECK(result.lower_bound <= result.best[0].objective);
}

TEST_CASE("over a slow link the better pool alone is best, and it is said by how much") {
  WorldSpec spec = two_pools();
  spec.link_gigabits = 0.05;
  World slow(spec);
  slow.question.gap_wanted = 0;
  slow.question.constraints.kinds = {MixKind::alone, MixKind::data_groups};
  const MixedSearchResult alone = search_mixed_plans(slow.question, {});
  REQUIRE(!alone.best.empty());
  CHECK(alone.best[0].kind == MixKind::alone);
  REQUIRE(alone.better_not_to_mix);
  CHECK(alone.better_not_to_mix->find("at least") != std::string::npos);
  CHECK(family(alone, "a | b").lower_bound >= alone.best[0].objective);
  CHECK(alone.gap == doctest::Approx(0));
}

TEST_CASE("over a fast link both pools together beat each alone") {
  WorldSpec spec = two_pools();
  spec.hidden = 4096;
  spec.global_batch = 64;
  World world(spec);
  const MixedSearchResult result = search_mixed_plans(world.question, {});
  REQUIRE(!result.best.empty());
  const PlannedMix& best = result.best[0];
  CHECK(best.kind != MixKind::alone);
  CHECK(!result.better_not_to_mix);
  for (const PoolAlone& alone : result.alone) {
    REQUIRE(alone.best);
    CHECK(best.objective < alone.best->objective);
    CHECK(alone.gap == 0);
  }
  CHECK(best.of_sum > 0.5);
  CHECK(best.of_sum < 1.2);
  CHECK(best.plan.global_batch() == 64);
  double devices = 0, tokens = 0;
  for (const VendorPart& part : best.vendors) {
    devices += part.of_devices;
    tokens += part.of_tokens;
  }
  CHECK(devices == doctest::Approx(1));
  CHECK(tokens == doctest::Approx(1));
  for (std::size_t i = 1; i < best.limits.size(); ++i)
    CHECK(best.limits[i].share <= best.limits[i - 1].share);
}

TEST_CASE("plans that break a vendor's share are refused") {
  World world(two_pools());
  world.question.constraints.vendors = {{"AMD", ShareOf::devices, 0.0, 0.0}};
  const MixedSearchResult result = search_mixed_plans(world.question, {});
  REQUIRE(!result.best.empty());
  for (const PlannedMix& mix : result.best)
    for (const VendorPart& part : mix.vendors) CHECK(part.vendor != "AMD");
  CHECK(family(result, "b").best == std::nullopt);
  world.question.constraints.vendors = {{"AMD", ShareOf::tokens, 0.6, 0.4}};
  CHECK(!mixed_search_problems(world.question).empty());
  world.question.constraints.vendors = {{"Graphcore", ShareOf::tokens, 0.1, 1}};
  CHECK(!mixed_search_problems(world.question).empty());
}

TEST_CASE("cost ranks plans against a bound that none goes below") {
  World world(two_pools());
  world.question.objective = Objective::cost;
  CHECK(!mixed_search_problems(world.question).empty());  // no prices
  for (SearchedPool& pool : world.question.pools) pool.question.prices.device = 2.0 * usd_per_hour;
  CHECK(mixed_search_problems(world.question).empty());
  const MixedSearchResult result = search_mixed_plans(world.question, {});
  REQUIRE(result.best.size() > 1);
  CHECK(result.lower_bound > 0);
  for (const PlannedMix& mix : result.best) {
    CHECK(mix.objective == doctest::Approx(*mix.step.cost / usd));
    CHECK(mix.objective >= result.best[0].objective);
    CHECK(mix.objective >= result.lower_bound);
  }
  CHECK(result.gap == doctest::Approx(result.best[0].objective / result.lower_bound - 1));
}

TEST_CASE("an interrupted search says so and keeps its bound valid") {
  World world(two_pools());
  const MixedSearchResult whole = search_mixed_plans(world.question, {});
  const std::atomic<bool> stop = true;
  SearchControl control;
  control.stop = &stop;
  const MixedSearchResult cut = search_mixed_plans(world.question, control);
  CHECK(cut.interrupted);
  CHECK(cut.lower_bound <= whole.best[0].objective);
}

TEST_CASE("any number of threads gives the same answer") {
  WorldSpec spec = two_pools();
  spec.global_batch = 24;
  World world(spec);
  SearchControl four;
  four.threads = 4;
  const MixedSearchResult one = search_mixed_plans(world.question, {});
  const MixedSearchResult many = search_mixed_plans(world.question, four);
  REQUIRE(one.best.size() == many.best.size());
  CHECK(one.lower_bound == many.lower_bound);
  for (std::size_t i = 0; i < one.best.size(); ++i) {
    CHECK(one.best[i].objective == many.best[i].objective);
    CHECK(one.best[i].composition == many.best[i].composition);
  }
}

TEST_CASE("four pools of hundreds of accelerators end within the work that is allowed") {
  WorldSpec spec;
  spec.pools = {
      {"nv_h100_sxm", 128, 0}, {"amd_mi300x", 64, 0}, {"nv_b200", 96, 0}, {"amd_mi355x", 48, 0}};
  spec.layers = 16;
  spec.hidden = 4096;
  spec.global_batch = 512;
  World world(spec);
  const MixedSearchResult result = search_mixed_plans(world.question, {});
  REQUIRE(!result.best.empty());
  // One part of a step may begin within the limit and end beyond it.
  CHECK(result.counts.work < 3 * kQuickWork);
  CHECK(result.lower_bound > 0);
  CHECK(result.gap >= 0);
  REQUIRE(result.gap_without_pipelines);
  CHECK(*result.gap_without_pipelines < 0.1);
  world.question.pipeline_work = 1;
  const MixedSearchResult least = search_mixed_plans(world.question, {});
  CHECK(least.work_ended);
  CHECK(least.counts.work < result.counts.work);
  CHECK(least.lower_bound <= result.best[0].objective);
  CHECK(least.gap_without_pipelines == result.gap_without_pipelines);
}

TEST_CASE("the bound of a pipeline over two like pools is tight, and holds") {
  WorldSpec spec;
  spec.pools = {{"nv_h100_sxm", 1, 0}, {"nv_h100_sxm", 1, 0}};
  spec.layers = 12;
  spec.hidden = 4096;
  spec.global_batch = 64;
  World world(spec);
  for (SearchedPool& pool : world.question.pools) {
    pool.space.tensor = {1};
    pool.space.micro_batch = {1};
    pool.space.recompute = {Recompute::none};
  }
  world.question.constraints.kinds = {MixKind::pipeline};
  const MixedSearchResult result = search_mixed_plans(world.question, {});
  const MixFamily& pipeline = family(result, "a > b");
  REQUIRE(pipeline.best);
  CHECK(pipeline.lower_bound <= *pipeline.best);
  CHECK(pipeline.lower_bound > *pipeline.best * 0.95);
}

TEST_CASE("the bound of one pool with few micro-batches is tight, and holds") {
  WorldSpec spec;
  spec.pools = {{"nv_h100_sxm", 4, 0}, {"amd_mi300x", 4, 0}};
  spec.hidden = 4096;
  spec.global_batch = 2;
  World world(spec);
  for (SearchedPool& pool : world.question.pools) {
    pool.space.tensor = {1};
    pool.space.pipeline = {4};
    pool.space.virtual_stages = {1};
    pool.space.micro_batch = {1};
    pool.space.recompute = {Recompute::none};
  }
  world.question.constraints.kinds = {MixKind::alone};
  const MixedSearchResult whole = search_mixed_plans(world.question, {});
  const std::atomic<bool> stop = true;
  SearchControl control;
  control.stop = &stop;
  const MixedSearchResult cut = search_mixed_plans(world.question, control);
  REQUIRE(!whole.best.empty());
  CHECK(cut.lower_bound <= whole.best[0].objective);
  CHECK(cut.lower_bound > whole.best[0].objective * 0.8);
}
