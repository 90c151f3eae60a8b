#include <doctest/doctest.h>

#include <vector>

#include "serving/cache_blocks.hpp"

using namespace polyfleet;

namespace {

std::int64_t sum_of_blocks(const CacheBlocks& cache, const std::vector<std::int64_t>& offsets,
                           std::int64_t clock) {
  std::int64_t blocks = 0;
  for (const std::int64_t offset : offsets) blocks += cache.blocks_for(offset + clock);
  return blocks;
}

}  // namespace

TEST_CASE("blocks that decoding sequences take over many steps: as counted one by one") {
  for (const std::int64_t block : {1, 3, 16}) {
    for (const auto& [numerator, denominator] : {std::pair{1, 1}, {5, 3}, {7, 4}}) {
      TokenClock clock(numerator, denominator);
      clock.advance(11);
      const std::vector<std::int64_t> offsets = {5, 100, 37, 37, -3, 64};
      CacheBlocks cache(1'000'000, block);
      for (const std::int64_t offset : offsets) cache.join(offset);
      const std::int64_t first = clock.now() + clock.after(1);
      const std::int64_t before = sum_of_blocks(cache, offsets, first);
      WideCount sum = 0, products = 0;
      for (std::int64_t n = 1; n < 200; ++n) {
        const std::int64_t now = clock.now() + clock.after(n);
        const std::int64_t taken = sum_of_blocks(cache, offsets, now) - before;
        REQUIRE(cache.demand(first, now, 6) == taken);
        sum += taken;
        products += taken * (now - first);
        const CacheBlocks::Growth growth = cache.growth(clock, n);
        REQUIRE(growth.blocks == sum);
        REQUIRE(growth.blocks_times_ticks == products);
        const std::int64_t most = cache.ticks_within(taken, first, 10'000, 6);
        REQUIRE(cache.demand(first, first + most, 6) <= taken);
        REQUIRE(cache.demand(first, first + most + 1, 6) > taken);
      }
    }
  }
}

TEST_CASE("taking blocks evicts idle prefixes only when nothing is free") {
  CacheBlocks cache(10, 16);
  cache.take(6);
  cache.share(1, 2);
  cache.share(2, 2);
  CHECK(cache.used() == 6);
  cache.prefixes().release(cache.prefixes().find(2));
  cache.prefixes().release(cache.prefixes().find(1));
  CHECK(cache.used() == 2);
  CHECK(cache.cached() == 4);
  CHECK(cache.available() == 8);
  cache.take(4);
  CHECK(cache.cached() == 4);
  cache.take(1);
  CHECK(cache.cached() == 2);
  CHECK(cache.prefixes().find(2) == PrefixCache::kAbsent);
  CHECK(cache.prefixes().find(1) != PrefixCache::kAbsent);
}

TEST_CASE("a duplicate of a shared block is given back") {
  CacheBlocks cache(10, 16);
  cache.take(4);
  cache.share(1, 2);
  cache.share(1, 2);  // another sequence computed the same
  CHECK(cache.used() == 2);
  CHECK(cache.prefixes().entry(cache.prefixes().find(1)).references == 2);
}
