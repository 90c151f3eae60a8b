#include "planner/mixed_families.hpp"

#include <algorithm>
#include <bit>

#include "planner/mixed_limits.hpp"

namespace polyfleet {
namespace {

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
/// Only sums from `low` on that the groups behind can still bring to the whole batch are held.
struct Reach {
  std::int64_t low = 0;
  std::vector<double> time;
  std::vector<std::int64_t> last;
  std::vector<std::int64_t> sums;  ///< that can be made, ascending

  bool holds(std::int64_t sum) const {
    return sum >= low && sum - low < static_cast<std::int64_t>(time.size()) &&
           time[static_cast<std::size_t>(sum - low)] < kInfinite;
  }
};

Reach after(const Reach& before, const ShareTimes& group, std::int64_t low, std::int64_t high) {
  Reach reach;
  reach.low = low;
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(0, high - low + 1));
  reach.time.assign(size, kInfinite);
  reach.last.assign(size, 0);
  for (const std::int64_t sum : before.sums) {
    const double time = before.time[static_cast<std::size_t>(sum - before.low)];
    auto share = std::lower_bound(
        group.begin(), group.end(), low - sum,
        [](const ShareTime& each, std::int64_t least) { return each.sequences < least; });
    for (; share != group.end() && sum + share->sequences <= high; ++share) {
      const auto next = static_cast<std::size_t>(sum + share->sequences - low);
      const double worst = std::max(time, share->time);
      if (worst >= reach.time[next]) continue;
      reach.time[next] = worst;
      reach.last[next] = share->sequences;
    }
  }
  for (std::size_t i = 0; i < size; ++i)
    if (reach.time[i] < kInfinite) reach.sums.push_back(low + static_cast<std::int64_t>(i));
  return reach;
}

/// By number of groups taken, from none on; fewer where some group may take nothing.
std::vector<Reach> reaches(const std::vector<ShareTimes>& groups, std::int64_t batch) {
  std::int64_t least = 0, most = 0;  // of the groups behind
  for (const ShareTimes& group : groups) {
    if (group.empty()) return {};
    least += group.front().sequences;
    most += group.back().sequences;
  }
  std::vector<Reach> all{{.low = 0, .time = {0}, .last = {0}, .sums = {0}}};
  for (const ShareTimes& group : groups) {
    least -= group.front().sequences;
    most -= group.back().sequences;
    all.push_back(after(all.back(), group, std::max<std::int64_t>(0, batch - most), batch - least));
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
  if (all.empty() || !all.back().holds(batch)) return std::nullopt;
  BestShares best;
  best.time = all.back().time[static_cast<std::size_t>(batch - all.back().low)];
  std::int64_t left = batch;
  for (std::size_t g = groups.size(); g-- > 0;) {
    const Reach& reach = all[g + 1];
    const std::int64_t own = reach.last[static_cast<std::size_t>(left - reach.low)];
    best.sequences.push_back(own);
    left -= own;
  }
  std::reverse(best.sequences.begin(), best.sequences.end());
  return best;
}

std::vector<std::vector<std::int64_t>> useful_shares(const std::vector<ShareTimes>& groups,
                                                     std::int64_t batch) {
  std::vector<std::vector<std::int64_t>> useful(groups.size());
  const std::vector<Reach> forward = reaches(groups, batch);
  if (forward.empty() || !forward.back().holds(batch)) return useful;
  const std::vector<ShareTimes> reversed(groups.rbegin(), groups.rend());
  const std::vector<Reach> backward = reaches(reversed, batch);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const Reach& before = forward[g];
    const Reach& behind = backward[groups.size() - 1 - g];
    for (const ShareTime& share : groups[g])
      if (std::any_of(before.sums.begin(), before.sums.end(), [&](std::int64_t sum) {
            return behind.holds(batch - sum - share.sequences);
          }))
        useful[g].push_back(share.sequences);
  }
  return useful;
}

}  // namespace polyfleet
