#include "planner/serving_verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace polyfleet {
namespace {

/// A limit other than the closed form's latencies, which the simulation replaces.
std::optional<PlanRefusal> broken_besides_targets(const ServingPlanQuestion& question,
                                                  const ServingPlan& plan) {
  std::optional<PlanRefusal> broken = broken_limit(question, plan);
  if (broken && broken->reason == ServingRefusal::targets) return std::nullopt;
  return broken;
}

bool no_larger(const PoolSizes& one, const PoolSizes& other) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i] > other[i]) return false;
  }
  return true;
}

}  // namespace

Result<ServingCheck> ServingCheck::make(ServingTrials& trials, const ServingPlan& proposed) {
  std::vector<const ReplicaModel*> models;
  for (const PlannedPool& pool : proposed.pools) {
    const Result<const ReplicaModel*> model = trials.model(pool.kind);
    if (!model) return model.problems();
    models.push_back(*model);
  }
  return ServingCheck(trials, PlanSizer(trials.question(), proposed, std::move(models)));
}

ServingCheck::ServingCheck(ServingTrials& trials, PlanSizer sizer)
    : trials_(&trials), sizer_(std::move(sizer)) {
  verified_.proposed = verified_.plan = sizer_.proposed();
  next_ = sizes_of(verified_.plan);
  failed_.assign(next_.size(), 0);
  least_.assign(next_.size(), 1);
  const int further = runs_left() - 1;
  bound_ = std::min(sizer_.least_below(verified_.plan, further, least_),
                    sizer_.least_above(verified_.plan, further));
}

int ServingCheck::runs_left() const {
  return trials_->options().most_runs - static_cast<int>(verified_.runs.size());
}

Result<bool> ServingCheck::advance() {
  const ServingPlan tried = phase_ == Phase::proposal ? sizer_.proposed() : sizer_.sized(next_);
  Result<std::optional<ServingTrial>> trial = trials_->run(tried);
  if (!trial) return trial.problems();
  if (!*trial) return false;
  const bool hit = (*trial)->missed.empty();
  take(tried, *std::move(*trial));
  hit ? after_hit(tried) : after_miss(tried);
  return true;
}

/// Keeps the run; its figures become those of the plan unless a larger one already holds.
void ServingCheck::take(const ServingPlan& plan, ServingTrial trial) {
  verified_.runs.push_back({sizes_of(plan), trial.measured, trial.missed});
  if (held_ && !trial.missed.empty()) return;
  verified_.plan = plan;
  verified_.measured = trial.measured;
  verified_.report = std::move(trial.report);
  verified_.share = trial.share;
}

void ServingCheck::after_miss(const ServingPlan& tried) {
  if (!held_) return grow(tried);
  if (phase_ == Phase::all_smaller) {
    order_pools();
    phase_ = Phase::one_smaller;
  } else {
    const std::size_t pool = order_.front();
    failed_[pool] = next_[pool];
  }
  shrink_one();
}

void ServingCheck::after_hit(const ServingPlan& tried) {
  held_ = true;
  if (phase_ == Phase::growing) {
    // Below the last size that missed lies what other proposals are for.
    least_ = verified_.runs[verified_.runs.size() - 2].replicas;
    order_pools();
    phase_ = Phase::one_smaller;
  }
  if (phase_ == Phase::proposal) phase_ = Phase::all_smaller;
  if (phase_ == Phase::all_smaller && tried.pools.size() == 1) {
    order_pools();
    phase_ = Phase::one_smaller;
  }
  phase_ == Phase::all_smaller ? shrink_all() : shrink_one();
}

void ServingCheck::grow(const ServingPlan& tried) {
  phase_ = Phase::growing;
  const std::string& missed = verified_.runs.back().missed;
  if (runs_left() <= 0) return finish();
  next_ = sizer_.grown(sizes_of(tried), missed);
  const ServingPlan more = sizer_.sized(next_);
  if (const auto broken = broken_besides_targets(trials_->question(), more)) {
    limit_ =
        fmt::format("{} is missed, and more replicas are not to be had: {}", missed, broken->text);
    return finish();
  }
  bound_ = std::min(*objective_of(tried, trials_->question().objective),
                    sizer_.least_above(more, runs_left() - 1));
}

/// Every pool one step smaller at once.
void ServingCheck::shrink_all() {
  if (runs_left() <= 0) return finish();
  next_ = sizes_of(verified_.plan);
  for (std::int64_t& replicas : next_) replicas = stepped_down(replicas);
  if (may_be_tried(next_)) {
    bound_ = sizer_.least_below(verified_.plan, runs_left(), least_);
    return;
  }
  order_pools();
  phase_ = Phase::one_smaller;
  shrink_one();
}

/// Pools by what one replica less of them saves, the most first.
void ServingCheck::order_pools() {
  const PoolSizes sizes = sizes_of(verified_.plan);
  std::vector<double> left(sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    PoolSizes fewer = sizes;
    fewer[i] = std::max<std::int64_t>(1, fewer[i] - 1);
    left[i] = *objective_of(sizer_.sized(fewer), trials_->question().objective);
  }
  order_.resize(sizes.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::stable_sort(order_.begin(), order_.end(),
                   [&](std::size_t a, std::size_t b) { return left[a] < left[b]; });
}

/// The next size of one pool: a step down, or halfway to a number that is too small.
std::optional<std::int64_t> ServingCheck::fewer_of(std::size_t pool) const {
  const std::int64_t here = verified_.plan.pools[pool].replicas;
  const std::int64_t wanted =
      failed_[pool] > 0 ? (failed_[pool] + here) / 2 : std::max(least_[pool], stepped_down(here));
  if (wanted >= here || wanted <= failed_[pool]) return std::nullopt;
  return wanted;
}

/// One pool after the other as small as the targets allow.
void ServingCheck::shrink_one() {
  while (runs_left() > 0 && !order_.empty()) {
    const std::size_t pool = order_.front();
    const std::optional<std::int64_t> fewer = fewer_of(pool);
    if (!fewer) {
      order_.erase(order_.begin());
      continue;
    }
    next_ = sizes_of(verified_.plan);
    next_[pool] = *fewer;
    if (may_be_tried(next_)) {
      bound_ = sizer_.least_below(verified_.plan, runs_left(), floors());
      return;
    }
    failed_[pool] = *fewer;
  }
  finish();
}

/// Less of the objective than the plan has, within the limits, and not already known to fail.
bool ServingCheck::may_be_tried(const PoolSizes& sizes) const {
  const ServingPlanQuestion& question = trials_->question();
  const ServingPlan smaller = sizer_.sized(sizes);
  if (*objective_of(smaller, question.objective) >=
      *objective_of(verified_.plan, question.objective))
    return false;
  if (!keeps_up(smaller) || broken_besides_targets(question, smaller)) return false;
  return std::none_of(verified_.runs.begin(), verified_.runs.end(), [&](const VerifyRun& run) {
    return !run.missed.empty() && no_larger(sizes, run.replicas);
  });
}

/// What pools cannot go below any more; those that are done stay as they are.
PoolSizes ServingCheck::floors() const {
  PoolSizes floors = sizes_of(verified_.plan);
  for (const std::size_t pool : order_) floors[pool] = std::max(least_[pool], failed_[pool] + 1);
  return floors;
}

VerifiedPlan ServingCheck::result() const {
  VerifiedPlan result = verified_;
  result.met = held_;
  const std::string& missed = result.runs.back().missed;
  const std::int64_t before = result.proposed.accelerators, after = result.plan.accelerators;
  if (held_ && after != before)
    result.note = fmt::format("{} accelerators instead of the {} proposed", after, before);
  if (held_) return result;
  if (!limit_.empty())
    result.note = limit_;
  else if (bound_)
    result.note = fmt::format("{} is missed; more replicas were not tried", missed);
  else
    result.note = fmt::format("{} is still missed after {} runs", missed, result.runs.size());
  return result;
}

Result<VerifiedPlan> verify_serving_plan(const ServingPlanQuestion& question,
                                         const ServingPlan& proposed, const ReplicaModels& models,
                                         const TrafficMaker& traffic,
                                         const VerifyOptions& options) {
  ServingTrials trials(question, models, traffic, options);
  Result<ServingCheck> check = ServingCheck::make(trials, proposed);
  if (!check) return check.problems();
  while (check->bound()) {
    const Result<bool> going = check->advance();
    if (!going) return going.problems();
    if (!*going) break;
  }
  if (!check->begun()) return problem("stopped before the plan was simulated");
  return check->result();
}

}  // namespace polyfleet
