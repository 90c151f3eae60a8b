#include "serving/cache_blocks.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace polyfleet {

CacheBlocks::CacheBlocks(std::int64_t total, std::int64_t block_tokens)
    : total_(total), block_tokens_(block_tokens) {
  POLYFLEET_CHECK(total > 0 && block_tokens > 0, "a replica has a cache");
  takers_.resize(static_cast<std::size_t>(block_tokens));
}

void CacheBlocks::take(std::int64_t blocks) {
  private_ += blocks;
  POLYFLEET_CHECK(used() <= total_, "the cache is never over-committed");
  while (used() + cached() > total_) prefixes_.evict_oldest();
}

void CacheBlocks::share(std::uint64_t hash, std::int64_t blocks) {
  private_ -= blocks;
  const std::int32_t at = prefixes_.find(hash);
  if (at == PrefixCache::kAbsent) {
    prefixes_.insert(hash, blocks);
  } else {
    prefixes_.refer(at);
  }
}

void CacheBlocks::clear() {
  private_ = 0;
  std::fill(takers_.begin(), takers_.end(), 0);
  prefixes_.clear();
}

std::int64_t CacheBlocks::demand(std::int64_t from, std::int64_t to, std::int64_t sequences) const {
  const std::int64_t ticks = to - from;
  std::int64_t blocks = ticks / block_tokens_ * sequences;
  auto tick = static_cast<std::size_t>(from % block_tokens_);
  for (std::int64_t rest = ticks % block_tokens_; rest > 0; --rest) {
    if (++tick == takers_.size()) tick = 0;
    blocks += takers_[tick];
  }
  return blocks;
}

std::int64_t CacheBlocks::ticks_within(std::int64_t blocks, std::int64_t from, std::int64_t most,
                                       std::int64_t sequences) const {
  std::int64_t left = blocks;
  if (sequences == 0 || (most / block_tokens_ + 1) * sequences <= left) return most;
  std::int64_t ticks = left / sequences * block_tokens_;
  left %= sequences;
  auto tick = static_cast<std::size_t>(from % block_tokens_);
  for (;; ++ticks) {
    if (++tick == takers_.size()) tick = 0;
    if (takers_[tick] > left) return std::min(most, ticks);
    left -= takers_[tick];
  }
}

namespace {

/// Sums over steps 1..n of u (blocks since step 1), x (clock since step 1) and u x.
struct WalkSums {
  WideCount blocks = 0, ticks = 0, products = 0;
};

/// The same over `periods` whole periods and `rest` steps more, when every period of `length` steps
/// adds `blocks` to u and `ticks` to x: sums of (u + p blocks)(x + p ticks) over p.
WalkSums repeated(const WalkSums& one, const WalkSums& rest_sums, WideCount periods,
                  WideCount length, WideCount rest, WideCount blocks, WideCount ticks) {
  const WideCount n = periods, indices = n * (n - 1) / 2, squares = (n - 1) * n * (2 * n - 1) / 6;
  WalkSums all;
  all.blocks = n * one.blocks + indices * length * blocks + rest_sums.blocks + rest * n * blocks;
  all.products = n * one.products + indices * (ticks * one.blocks + blocks * one.ticks) +
                 squares * length * blocks * ticks + rest_sums.products +
                 n * (ticks * rest_sums.blocks + blocks * rest_sums.ticks) +
                 rest * n * n * blocks * ticks;
  return all;
}

}  // namespace

CacheBlocks::Growth CacheBlocks::growth(const TokenClock& clock, std::int64_t steps) const {
  // Steps and block phases repeat together after `period` steps; a walk over one period gives all.
  const std::int64_t period =
      clock.denominator() * (block_tokens_ / std::gcd(clock.numerator(), block_tokens_));
  const std::int64_t periods = steps / period, rest = steps % period;
  const std::int64_t first = clock.after(1);
  std::int64_t blocks = 0, reached = first;
  auto tick = static_cast<std::size_t>((clock.now() + first) % block_tokens_);
  const auto go_to = [&](std::int64_t ticks) {
    for (; reached < ticks; ++reached) {
      if (++tick == takers_.size()) tick = 0;
      blocks += takers_[tick];
    }
  };
  WalkSums sums, rest_sums;
  for (std::int64_t j = 1; j <= std::min(steps, period); ++j) {
    go_to(clock.after(j));
    const std::int64_t ticks = reached - first;
    sums.blocks += blocks;
    sums.ticks += ticks;
    sums.products += static_cast<WideCount>(blocks) * ticks;
    if (j == rest) rest_sums = sums;
  }
  if (periods == 0) return {sums.blocks, sums.products};
  go_to(clock.after(period + 1));
  sums = repeated(sums, rest_sums, periods, period, rest, blocks, reached - first);
  return {sums.blocks, sums.products};
}

}  // namespace polyfleet
