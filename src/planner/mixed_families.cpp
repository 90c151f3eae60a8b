#include "planner/mixed_families.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace polyfleet {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

void divide(std::size_t pool, std::size_t pools, Division& groups, std::vector<Division>& found) {
  if (pool == pools) {
    if (!groups.empty()) found.push_back(groups);
    return;
  }
  const PoolMask bit = PoolMask{1} << pool;
  divide(pool + 1, pools, groups, found);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g] |= bit;
    divide(pool + 1, pools, groups, found);
    groups[g] &= ~bit;
  }
  groups.push_back(bit);
  divide(pool + 1, pools, groups, found);
  groups.pop_back();
}

/// Least largest time of the first groups for every sum of sequences, and the last group's share.
struct Reach {
  std::vector<double> time;
  std::vector<std::int64_t> last;
};

std::vector<Reach> reaches(const std::vector<ShareTimes>& groups, std::int64_t batch) {
  std::vector<Reach> all;
  const auto size = static_cast<std::size_t>(batch) + 1;
  std::vector<double> before(size, kNever);
  before[0] = 0;
  for (const ShareTimes& group : groups) {
    Reach reach{std::vector<double>(size, kNever), std::vector<std::int64_t>(size, 0)};
    for (std::size_t sum = 0; sum < size; ++sum) {
      if (before[sum] == kNever) continue;
      for (const auto& [sequences, time] : group) {
        const std::size_t next = sum + static_cast<std::size_t>(sequences);
        if (next >= size) break;
        const double worst = std::max(before[sum], time);
        if (worst < reach.time[next]) {
          reach.time[next] = worst;
          reach.last[next] = sequences;
        }
      }
    }
    before = reach.time;
    all.push_back(std::move(reach));
  }
  return all;
}

}  // namespace

std::vector<Division> divisions(std::size_t pools) {
  std::vector<Division> found;
  Division groups;
  divide(0, pools, groups, found);
  std::stable_sort(found.begin(), found.end(),
                   [](const Division& a, const Division& b) { return a.size() < b.size(); });
  return found;
}

MixKind kind_of(const Division& division) {
  const bool has_pipeline = std::any_of(division.begin(), division.end(),
                                        [](PoolMask mask) { return std::popcount(mask) > 1; });
  if (division.size() == 1) return has_pipeline ? MixKind::pipeline : MixKind::alone;
  return has_pipeline ? MixKind::both : MixKind::data_groups;
}

std::vector<std::size_t> pools_in(PoolMask mask) {
  std::vector<std::size_t> pools;
  for (std::size_t k = 0; mask >> k != 0; ++k)
    if ((mask >> k & 1U) != 0) pools.push_back(k);
  return pools;
}

std::string composition_of(const Division& division, const std::vector<SearchedPool>& pools) {
  std::string text;
  for (const PoolMask mask : division) {
    if (!text.empty()) text += " | ";
    bool first = true;
    for (const std::size_t k : pools_in(mask)) {
      if (!first) text += " > ";
      text += pools[k].name;
      first = false;
    }
  }
  return text;
}

std::optional<BestShares> best_shares(const std::vector<ShareTimes>& groups, std::int64_t batch) {
  const std::vector<Reach> all = reaches(groups, batch);
  const auto whole = static_cast<std::size_t>(batch);
  if (all.empty() || all.back().time[whole] == kNever) return std::nullopt;
  BestShares best;
  best.time = all.back().time[whole];
  std::size_t left = whole;
  for (std::size_t g = all.size(); g-- > 0;) {
    const std::int64_t own = all[g].last[left];
    best.sequences.push_back(own);
    left -= static_cast<std::size_t>(own);
  }
  std::reverse(best.sequences.begin(), best.sequences.end());
  return best;
}

std::vector<std::vector<std::int64_t>> useful_shares(const std::vector<ShareTimes>& groups,
                                                     std::int64_t batch) {
  const std::vector<Reach> forward = reaches(groups, batch);
  std::vector<ShareTimes> reversed(groups.rbegin(), groups.rend());
  const std::vector<Reach> backward = reaches(reversed, batch);
  const auto size = static_cast<std::size_t>(batch) + 1;
  std::vector<char> nothing(size, 0);
  nothing[0] = 1;
  const auto sums = [&](const std::vector<Reach>& all, std::size_t count) {
    if (count == 0) return nothing;
    std::vector<char> sum(size, 0);
    for (std::size_t s = 0; s < size; ++s) sum[s] = all[count - 1].time[s] < kNever ? 1 : 0;
    return sum;
  };
  std::vector<std::vector<std::int64_t>> useful(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::vector<char> before = sums(forward, g),
                            after = sums(backward, groups.size() - 1 - g);
    for (const auto& [sequences, time] : groups[g]) {
      bool takes_part = false;
      for (std::size_t s = 0; s + static_cast<std::size_t>(sequences) < size && !takes_part; ++s)
        takes_part =
            before[s] != 0 && after[size - 1 - s - static_cast<std::size_t>(sequences)] != 0;
      if (takes_part) useful[g].push_back(sequences);
    }
  }
  return useful;
}

}  // namespace polyfleet
