#include "planner/mixed_searcher.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <thread>

namespace polyfleet {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
/// Part of the wanted gap by which the time is raised at a step.
constexpr double kStepOfGap = 0.25;
constexpr double kLeastStep = 0.002;

/// What a step of the search adds to the time; an early, coarse one where nothing is in reach.
constexpr double kCoarse = 1.02;

}  // namespace

MixedSearcher::MixedSearcher(const MixedSearchQuestion& question, const SearchControl& control)
    : question_(question),
      control_(control),
      batch_(question.pools.front().question.scenario.plan.global_batch) {
  const PoolQuestion& first = question.pools.front().question;
  physics_.model = first.scenario.model;
  physics_.pools = pools_of(question.pools);
  physics_.network = question.network;
  physics_.models = first.models;
  physics_.strict = first.strict;
  physics_.with_energy = physics_.with_interval = false;
  physics_bare_ = physics_;
  physics_bare_.with_memory = false;
  tables_ = [this](std::size_t pool, const TrainingPlan& plan) -> LayerTable& {
    return cuts_[pool]->evaluator().table(plan);
  };
}

void MixedSearcher::run() {
  set_up_pools();
  set_up_families();
  search_alone();
  raise(false);
  raise(true);
}

bool MixedSearcher::stopped() {
  interrupted_ |= control_.stop != nullptr && control_.stop->load();
  return interrupted_;
}

/// Pools share nothing while they are set up: one thread each, up to the number allowed.
void MixedSearcher::set_up_pools() {
  const std::size_t pools = question_.pools.size();
  cuts_.resize(pools);
  singles_.resize(pools);
  pool_counts_.resize(pools);
  const auto set_up = [&](std::size_t k) {
    cuts_[k] = std::make_unique<PoolCuts>(question_.pools[k], pool_counts_[k]);
    singles_[k] = std::make_unique<SingleGroups>(*cuts_[k], k, question_, physics_bare_, tables_,
                                                 pool_counts_[k]);
  };
  const std::size_t workers = std::clamp<std::size_t>(control_.threads, 1, pools);
  std::vector<std::thread> threads;
  for (std::size_t w = 1; w < workers; ++w)
    threads.emplace_back([&, w] {
      for (std::size_t k = w; k < pools; k += workers) set_up(k);
    });
  for (std::size_t k = 0; k < pools; k += workers) set_up(k);
  for (std::thread& thread : threads) thread.join();
}

void MixedSearcher::set_up_families() {
  for (const Division& division : divisions(question_.pools.size())) {
    FamilyState family;
    family.division = division;
    for (const PoolMask mask : division) {
      const std::vector<std::size_t> pools = pools_in(mask);
      if (pools.size() == 1) {
        rates_[mask] = singles_[pools[0]]->most_rate();
      } else if (!pipelines_.contains(mask)) {
        std::vector<PoolCuts*> cuts;
        for (const std::size_t k : pools) cuts.push_back(cuts_[k].get());
        pipelines_[mask] =
            std::make_unique<PipelineGroups>(pools, cuts, question_, physics_, tables_, counts_);
        rates_[mask] = pipelines_[mask]->most_rate();
      }
      family.feasible &= rates_[mask] > 0;
    }
    PoolMask used = 0;
    for (const PoolMask mask : division) used |= mask;
    const PoolMask all = (PoolMask{1} << question_.pools.size()) - 1;
    if (question_.constraints.use_all_pools && used != all) {
      family.feasible = false;
      family.refused = "leaves a pool out";
    }
    const std::vector<MixKind>& kinds = question_.constraints.kinds;
    if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), kind_of(division)) == kinds.end()) {
      family.feasible = false;
      family.refused = "this way of working together is excluded";
    }
    family.exchange = exchange_bound(division);
    families_.push_back(std::move(family));
  }
}

/// Gradients of the whole model lie in shares on the devices of each group; the fullest device
/// holds at least the even share, sends and receives 2 (n - 1) / n of it around the ring over n
/// groups, and no link is faster than its line rate. Groups of several pools meet over the best of
/// their links.
double MixedSearcher::exchange_bound(const Division& division) {
  if (division.size() < 2) return 0;
  const double volume =
      2.0 * (static_cast<double>(division.size()) - 1) / static_cast<double>(division.size());
  double worst = 0;
  for (std::size_t g = 0; g < division.size(); ++g) {
    double devices = 0, gradients = kNever;
    for (const std::size_t k : pools_in(division[g])) {
      devices += static_cast<double>(cuts_[k]->devices());
      for (const PoolCut& cut : cuts_[k]->cuts()) gradients = std::min(gradients, cut.gradients);
    }
    if (gradients == kNever || devices <= 0) return 0;
    double slowest = 0;
    for (std::size_t a = 0; a < division.size(); ++a)
      for (std::size_t b = a + 1; b < division.size(); ++b) {
        double fastest = kNever;
        for (const std::size_t i : pools_in(division[a]))
          for (const std::size_t j : pools_in(division[b])) {
            const CrossLink& link = question_.network->between(i, j).link();
            const double rate = link.rate / byte_per_second;
            double each = gradients / devices * volume / rate;
            if (link.aggregate)
              each = std::max(each, std::popcount(division[a]) + std::popcount(division[b]) == 2
                                        ? gradients * volume / (*link.aggregate / byte_per_second)
                                        : 0);
            fastest = std::min(fastest, each);
          }
        slowest = std::max(slowest, fastest);
      }
    worst = std::max(worst, slowest);
  }
  return worst * (1 - 1e-9);
}

/// What every pool does by itself, the fastest plan, proven; and the families of one pool.
void MixedSearcher::search_alone() {
  alone_.resize(question_.pools.size());
  for (std::size_t k = 0; k < question_.pools.size(); ++k) {
    if (stopped()) break;
    alone_[k] = singles_[k]->best(batch_, control_);
  }
  for (FamilyState& family : families_) {
    if (kind_of(family.division) != MixKind::alone) continue;
    const std::size_t k = pools_in(family.division[0])[0];
    if (stopped()) {
      family.bound = singles_[k]->least_time(batch_);
      if (!alone_[k]) continue;
    }
    family.reached = true;
    if (!alone_[k]) {
      if (family.refused.empty()) family.feasible = false;
      family.bound = kNever;
      continue;
    }
    if (!family.feasible) continue;
    family.bound = alone_[k]->time;
    MixedPlan plan;
    plan.sequence_length = question_.pools[k].question.scenario.plan.sequence_length;
    plan.groups = {singles_[k]->group(alone_[k]->plan)};
    try_plan(family, std::move(plan));
  }
}

double MixedSearcher::first_time() {
  double fastest = 0;
  for (const FamilyState& family : families_) {
    double rate = 0;
    for (const PoolMask mask : family.division) rate += rates_.at(mask);
    if (active(family)) fastest = std::max(fastest, rate);
  }
  return fastest > 0 ? static_cast<double>(batch_) / fastest : kNever;
}

double MixedSearcher::lower_bound() const {
  double least = kNever;
  for (const FamilyState& family : families_)
    if (family.feasible) least = std::min(least, family.bound);
  return least;
}

MixedCounts MixedSearcher::counts() const {
  MixedCounts sum = counts_;
  for (const MixedCounts& own : pool_counts_) {
    sum.cuts += own.cuts;
    sum.impossible += own.impossible;
    sum.too_large += own.too_large;
    sum.group_plans += own.group_plans;
    sum.timed += own.timed;
  }
  return sum;
}

double MixedSearcher::active_bound() const {
  double least = kNever;
  for (const FamilyState& family : families_)
    if (active(family)) least = std::min(least, family.bound);
  return least;
}

std::optional<double> MixedSearcher::best_time() const {
  std::optional<double> best;
  for (const FamilyState& family : families_)
    if (family.best && (!best || *family.best < *best)) best = family.best;
  return best;
}

bool MixedSearcher::active(const FamilyState& family) const {
  const MixKind kind = kind_of(family.division);
  return family.feasible && (kind == MixKind::pipeline || kind == MixKind::both) == pipelines_now_;
}

void MixedSearcher::raise(bool pipelines) {
  pipelines_now_ = pipelines;
  if (std::none_of(families_.begin(), families_.end(),
                   [&](const FamilyState& family) { return active(family); }))
    return;
  const double first = first_time_ = first_time();
  if (first == kNever) return;
  for (FamilyState& family : families_)
    if (!family.reached && active(family))
      family.bound = std::max(family.bound, first * (1 - 1e-9));
  const double fine = 1 + std::max(kLeastStep, question_.gap_wanted * kStepOfGap);
  double before = first * (1 - 1e-9), factor = kCoarse;
  for (int count = 0; !stopped(); ++count) {
    const std::optional<double> best = best_time();
    const double bound = active_bound();
    if (best && (before >= *best || *best <= bound * (1 + question_.gap_wanted))) break;
    constexpr int kPatience = 400;  // nothing for a factor of thousands: take longer steps
    // A bound that some family holds up cannot be raised: the rest is to find good plans.
    const bool held_up = bound < before * (1 - 1e-9);
    double time = before * (count > kPatience ? factor * factor : held_up ? kCoarse : factor);
    if (best) time = std::min(time, *best);
    bool in_reach = false;
    for (const FamilyState& family : families_)
      in_reach |= active(family) && !family.reached && may_reach(family, time, false);
    if (in_reach && factor == kCoarse && fine < kCoarse) {
      factor = fine;  // from the last time, in small steps
      continue;
    }
    ++counts_.bound_rounds;
    step(time, before);
    before = time;
    bool open = false;
    for (const FamilyState& family : families_)
      open |= active(family) && !(family.reached && family.best);
    if (!open || !any_sequences_left(time)) break;
    if (control_.progress) control_.progress(best ? std::min(1.0, before / *best) : 0);
  }
}

/// Whether a longer time could let any family in that is not in yet.
bool MixedSearcher::any_sequences_left(double time) const {
  constexpr double kAges = 1e5;
  return time < first_time_ * kAges;
}

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

void MixedSearcher::step(double time, double before) {
  most_.clear();
  std::vector<FamilyState*> alive;
  for (FamilyState& family : families_) {
    if (!active(family) || kind_of(family.division) == MixKind::alone) continue;
    if (family.reached && family.best && *family.best <= time) continue;
    if (may_reach(family, time, false)) {
      alive.push_back(&family);
    } else if (!family.reached) {
      family.bound = time;
    }
  }
  collect_shares(alive, time, before);
  make_exact(alive, time);
  for (FamilyState* family : alive) {
    if (family->reached) continue;
    const auto found = best_shares(shares_of(*family, time, false), batch_);
    if (found) {
      family->reached = true;
      family->bound = std::max(before, found->time);
    } else {
      family->bound = time;
    }
  }
  build_pipelines(alive, time);
  for (FamilyState* family : alive)
    if (family->reached && !stopped()) assemble(*family, time);
}

}  // namespace polyfleet
