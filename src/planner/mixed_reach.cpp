// Which families may make the step within a time at all, by proven bounds on what each group takes;
// and the limit of the work spent on pipelines over pools.
#include <algorithm>
#include <limits>

#include "planner/mixed_searcher.hpp"

namespace polyfleet {

std::int64_t MixedSearcher::most(PoolMask mask, double time, bool roughly) {
  const double rough = rates_.at(mask) * time;
  if (roughly || rough < 1)
    return static_cast<std::int64_t>(std::min(rough, static_cast<double>(batch_)));
  const auto [slot, is_new] = most_.try_emplace({mask, time}, 0);
  if (is_new) {
    const std::vector<std::size_t> pools = pools_in(mask);
    if (pools.size() == 1) {
      slot->second = singles_[pools[0]]->most_sequences(time);
    } else {
      set_prices(time);
      double worth = 0;
      for (const std::size_t k : pools)
        worth += prices_[k] * static_cast<double>(cuts_[k]->devices());
      slot->second = static_cast<std::int64_t>(
          std::min({rough, worth * per_price_ * (1 + 1e-9), static_cast<double>(batch_)}));
    }
    slot->second = std::min(slot->second, batch_);
  }
  return slot->second;
}

/// Devices are priced by what one pool does with them alone; pipelines over pools then do at most
/// per_price_ times what their devices are worth.
void MixedSearcher::set_prices(double time) {
  if (priced_time_ == time) return;
  priced_time_ = time;
  prices_.clear();
  for (std::size_t k = 0; k < singles_.size(); ++k) {
    const double own = singles_[k]->most_per_device(time);
    const double ideal = rates_.at(PoolMask{1} << k) * time /
                         static_cast<double>(std::max<std::int64_t>(1, cuts_[k]->devices()));
    prices_.push_back(own > 0 ? own : ideal);
  }
  const PoolMask all = (PoolMask{1} << singles_.size()) - 1;
  if (!pipelines_.contains(all)) return;
  PipelineGroups& whole = *pipelines_.at(all);
  if (dearer_.empty()) dearer_.assign(prices_.size(), 1);
  // Any prices give a valid bound. A pool that is worth more in a pipeline than alone (memory) is
  // made dearer until that no longer lowers what all pools together are worth.
  const std::vector<double> alone = prices_;
  std::vector<double> dearer = dearer_;
  double least = std::numeric_limits<double>::infinity();
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> prices = alone;
    double worth = 0;
    for (std::size_t k = 0; k < prices.size(); ++k) {
      prices[k] *= dearer[k];
      worth += prices[k] * static_cast<double>(cuts_[k]->devices());
    }
    const PipelineGroups::PerPrice per_price = whole.most_per_price(time, prices);
    if (worth * per_price.sequences < least) {
      least = worth * per_price.sequences;
      per_price_ = per_price.sequences;
      prices_ = prices;
      dearer_ = dearer;
    }
    for (std::size_t k = 0; k < dearer.size(); ++k)
      dearer[k] *= 1 + (per_price.sequences - 1) * per_price.parts[k];
  }
  for (auto& [mask, pipelines] : pipelines_) pipelines->set_prices(prices_);
}

bool MixedSearcher::prices_allow(const FamilyState& family, double time) {
  set_prices(time);
  double sum = 0;
  for (const PoolMask mask : family.division) {
    const std::vector<std::size_t> pools = pools_in(mask);
    if (pools.size() == 1) {
      sum += static_cast<double>(most(mask, time, false));
      continue;
    }
    for (const std::size_t k : pools)
      sum += prices_[k] * static_cast<double>(cuts_[k]->devices()) * per_price_;
  }
  return sum >= static_cast<double>(batch_) * (1 - 1e-9);
}

bool MixedSearcher::may_reach(const FamilyState& family, double time, bool roughly) {
  if (!roughly && !may_reach(family, time, true)) return false;
  if (family.exchange > time) return false;
  if (!roughly && kind_of(family.division) != MixKind::data_groups &&
      kind_of(family.division) != MixKind::alone && !prices_allow(family, time))
    return false;
  std::int64_t sum = 0;
  for (const PoolMask mask : family.division) {
    const std::int64_t own = most(mask, time, roughly);
    if (own < 1) return false;
    sum += own;
  }
  return sum >= batch_;
}

void MixedSearcher::begin_pipelines() {
  const std::int64_t work = question_.pipeline_work, begun = counts().work;
  build_until_ = work > 0 ? begun + work : 0;
  bound_until_ = work > 0 ? begun + work / 2 : 0;
  limit_work(bound_until_);
  if (const auto best = best_time()) rule_out(*best / (1 + question_.gap_wanted));
}

/// Holds only once some plan is known: without one the search goes on.
void MixedSearcher::limit_work(std::int64_t until) {
  work_limit_ = until;
  const bool holds = until > 0 && best_time();
  const std::int64_t left = until - counts().work;
  for (auto& [mask, pipelines] : pipelines_)
    pipelines->stop_at(holds ? counts_.work + left : std::numeric_limits<std::int64_t>::max());
}

bool MixedSearcher::spent() {
  if (work_limit_ == 0 || !best_time() || counts().work < work_limit_) return false;
  return work_ended_ = true;
}

void MixedSearcher::rule_out(double time) {
  for (FamilyState& family : families_)
    if (active(family) && family.bound < time && !may_reach(family, time, false))
      family.bound = time;
}

}  // namespace polyfleet
