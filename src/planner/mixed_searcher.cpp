#include "planner/mixed_searcher.hpp"

#include <algorithm>
#include <bit>

#include "base/parallel_work.hpp"
#include "planner/mixed_limits.hpp"

namespace polyfleet {
namespace {

/// Part of the wanted gap by which the time is raised at a step.
constexpr double kStepOfGap = 0.25;
constexpr double kLeastStep = 0.002;

/// What a step of the search adds to the time; an early, coarse one where nothing is in reach.
constexpr double kCoarse = 1.02;

bool has_pipeline(const FamilyState& family) {
  const MixKind kind = kind_of(family.division);
  return kind == MixKind::pipeline || kind == MixKind::both;
}

}  // namespace

MixedSearcher::MixedSearcher(const MixedSearchQuestion& question, const SearchControl& control)
    : question_(question),
      control_(control),
      batch_(question.pools.front().question.scenario.plan.global_batch) {
  physics_ = physics_of(question);
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
  do_in_parallel(pools, std::max(1U, control_.threads), nullptr, set_up);
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
    double devices = 0, gradients = kInfinite;
    for (const std::size_t k : pools_in(division[g])) {
      devices += static_cast<double>(cuts_[k]->devices());
      for (const PoolCut& cut : cuts_[k]->cuts()) gradients = std::min(gradients, cut.gradients);
    }
    if (gradients == kInfinite || devices <= 0) return 0;
    double slowest = 0;
    for (std::size_t a = 0; a < division.size(); ++a)
      for (std::size_t b = a + 1; b < division.size(); ++b) {
        double fastest = kInfinite;
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
      family.bound = kInfinite;
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
  return fastest > 0 ? static_cast<double>(batch_) / fastest : kInfinite;
}

double MixedSearcher::lower_bound() const {
  double least = kInfinite;
  for (const FamilyState& family : families_)
    if (family.feasible) least = std::min(least, family.bound);
  return least;
}

double MixedSearcher::lower_bound_without_pipelines() const {
  double least = kInfinite;
  for (const FamilyState& family : families_)
    if (family.feasible && !has_pipeline(family)) least = std::min(least, family.bound);
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
    sum.work += own.work;
  }
  return sum;
}

double MixedSearcher::active_bound() const {
  double least = kInfinite;
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
  return family.feasible && has_pipeline(family) == pipelines_now_;
}

void MixedSearcher::raise(bool pipelines) {
  pipelines_now_ = pipelines;
  if (std::none_of(families_.begin(), families_.end(),
                   [&](const FamilyState& family) { return active(family); }))
    return;
  const double first = first_time_ = first_time();
  if (first == kInfinite) return;
  for (FamilyState& family : families_)
    if (!family.reached && active(family))
      family.bound = std::max(family.bound, first * (1 - 1e-9));
  if (pipelines) begin_pipelines();
  const double fine = 1 + std::max(kLeastStep, question_.gap_wanted * kStepOfGap);
  double before = std::max(first, active_bound()) * (1 - 1e-9), factor = kCoarse;
  for (int count = 0; !stopped() && !spent(); ++count) {
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

void MixedSearcher::step(double time, double before) {
  most_.clear();
  std::vector<FamilyState*> alive;
  for (FamilyState& family : families_) {
    if (!active(family) || kind_of(family.division) == MixKind::alone) continue;
    if (family.reached && family.best && *family.best <= time) continue;
    if (!family.reached && family.bound >= time) continue;
    if (may_reach(family, time, false)) {
      alive.push_back(&family);
    } else if (!family.reached) {
      family.bound = time;
    }
  }
  collect_shares(alive, time, before);
  const bool unfinished = spent();  // shares are missing: nothing is proven by them
  make_exact(alive, time);
  for (FamilyState* family : alive) {
    if (family->reached || unfinished) continue;
    const auto found = best_shares(shares_of(*family, time, false), batch_);
    if (found) {
      family->reached = true;
      family->bound = std::max(before, found->time);
    } else {
      family->bound = time;
    }
  }
  if (!unfinished) std::erase_if(alive, [](const FamilyState* family) { return !family->reached; });
  limit_work(build_until_);
  build_pipelines(alive, time);
  for (FamilyState* family : alive)
    if (!stopped()) assemble(*family, time);
  limit_work(bound_until_);
}

}  // namespace polyfleet
