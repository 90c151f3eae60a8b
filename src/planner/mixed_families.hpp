// The ways to divide pools into groups, and which shares of the batch their groups can take
// together. Internal to the search over mixed pools.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "planner/mixed_search.hpp"

namespace polyfleet {

/// A set of pools as bits.
using PoolMask = std::uint32_t;
/// Groups in ascending order of their first pool; pools that are in none stay idle.
using Division = std::vector<PoolMask>;

/// Every division of every non-empty subset of `pools` pools, fewest groups first.
std::vector<Division> divisions(std::size_t pools);
MixKind kind_of(const Division& division);
std::vector<std::size_t> pools_in(PoolMask mask);
std::string composition_of(const Division& division, const std::vector<SearchedPool>& pools);

/// What one group may take, in ascending order of sequences.
struct ShareTime {
  std::int64_t sequences = 0;
  double time = 0;  ///< least, or exact
};
using ShareTimes = std::vector<ShareTime>;

/// Shares, one per group, that sum to `batch` with the smallest largest time.
struct BestShares {
  double time = 0;
  std::vector<std::int64_t> sequences;  ///< by group
};
std::optional<BestShares> best_shares(const std::vector<ShareTimes>& groups, std::int64_t batch);

/// Of each group the shares that take part in some sum that is exactly `batch`.
std::vector<std::vector<std::int64_t>> useful_shares(const std::vector<ShareTimes>& groups,
                                                     std::int64_t batch);

}  // namespace polyfleet
