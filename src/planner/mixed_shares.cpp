// What the groups of each family may take at the present time of the search, made exact where it
// matters, and put together into plans.
#include <algorithm>
#include <limits>

#include "planner/mixed_report.hpp"
#include "planner/mixed_searcher.hpp"

namespace polyfleet {

/// What each group of the families still alive may take, within the band that the others leave it.
void MixedSearcher::collect_shares(const std::vector<FamilyState*>& alive, double time,
                                   double before) {
  shares_.clear();
  std::map<PoolMask, std::int64_t> least;
  for (const FamilyState* family : alive) {
    std::int64_t sum = 0;
    for (const PoolMask mask : family->division) sum += most(mask, time, false);
    for (const PoolMask mask : family->division) {
      const std::int64_t low = std::max<std::int64_t>(1, batch_ - sum + most(mask, time, false));
      const auto [slot, is_new] = least.try_emplace(mask, low);
      if (!is_new) slot->second = std::min(slot->second, low);
    }
  }
  for (const auto& [mask, low] : least) {
    const std::int64_t high = most(mask, time, false);
    const std::vector<std::size_t> pools = pools_in(mask);
    auto& own = shares_[mask];
    if (pools.size() == 1) {
      for (const auto& [sequences, entry] : singles_[pools[0]]->entries(time, low, high))
        own[sequences] = {.time = entry.time,
                          .before_exchange = entry.before_exchange,
                          .is_exact = false,
                          .single = entry.plan,
                          .built = {},
                          .shapes = {}};
    } else {
      const double backward = pipelines_.at(mask)->most_backward();
      for (auto& [sequences, shapes] : pipelines_.at(mask)->shares(time, low, high))
        own[sequences] = {.time = before,
                          .before_exchange = before - backward,
                          .is_exact = false,
                          .single = {},
                          .built = {},
                          .shapes = std::move(shapes)};
    }
  }
}

/// Times of a family's shares: bounds, or only those of plans that are known.
std::vector<ShareTimes> MixedSearcher::shares_of(const FamilyState& family, double time,
                                                 bool exact) const {
  std::vector<ShareTimes> groups;
  for (const PoolMask mask : family.division) {
    ShareTimes own;
    const auto found = shares_.find(mask);
    if (found != shares_.end())
      for (const auto& [sequences, share] : found->second) {
        if (exact) {
          if (share.built) {
            own.push_back({sequences, share.built->time});
          } else if (share.is_exact) {
            own.push_back({sequences, share.time});
          }
          continue;
        }
        const double least = std::max(share.time, share.before_exchange + family.exchange);
        if (least <= time) own.push_back({sequences, least});
      }
    groups.push_back(std::move(own));
  }
  return groups;
}

/// The most promising shares of each one-pool group that take part in a sum of the whole batch and
/// are not exact yet. Nothing where exact shares make that sum already.
void MixedSearcher::want_exact(const FamilyState& family, double time,
                               std::map<PoolMask, std::set<std::int64_t>>& wanted) const {
  if (best_shares(shares_of(family, time, true), batch_)) return;
  const auto useful = useful_shares(shares_of(family, time, false), batch_);
  constexpr std::size_t kAtOnce = 24;
  for (std::size_t g = 0; g < useful.size(); ++g) {
    const PoolMask mask = family.division[g];
    if (pools_in(mask).size() > 1) continue;
    const auto& shares = shares_.at(mask);
    std::vector<std::int64_t> chosen;
    for (const std::int64_t each : useful[g])
      if (!shares.at(each).is_exact) chosen.push_back(each);
    const auto pace = [&](std::int64_t sequences) {
      return shares.at(sequences).time / static_cast<double>(sequences);
    };
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](std::int64_t a, std::int64_t b) { return pace(a) < pace(b); });
    if (chosen.size() > kAtOnce) chosen.resize(kAtOnce);
    wanted[mask].insert(chosen.begin(), chosen.end());
  }
}

/// Bounds of one-pool shares give way to exact times, until the sum of the whole batch is made of
/// exact ones or cannot be made. Where pipelines hold the bound up already, once will do.
void MixedSearcher::make_exact(const std::vector<FamilyState*>& alive, double time) {
  for (bool again = true; again;) {
    std::map<PoolMask, std::set<std::int64_t>> wanted;
    for (const FamilyState* family : alive) want_exact(*family, time, wanted);
    again = false;
    for (const auto& [mask, sequences] : wanted)
      for (const std::int64_t each : sequences) {
        if (stopped()) return;
        make_exact(mask, each, time);
        again = !pipelines_now_;
      }
  }
}

void MixedSearcher::make_exact(PoolMask mask, std::int64_t sequences, double time) {
  const auto exact = singles_[pools_in(mask)[0]]->exact(sequences, time);
  if (!exact) {
    shares_[mask].erase(sequences);
    return;
  }
  Share& share = shares_[mask][sequences];
  share.time = exact->time;
  share.before_exchange = exact->before_exchange;
  share.is_exact = true;
  share.single = exact->plan;
}

/// Plans for the pipeline shares that take part in a sum: those that the bound likes best.
void MixedSearcher::build_pipelines(const std::vector<FamilyState*>& alive, double time) {
  constexpr std::size_t kBuilt = 6;
  std::int64_t parts = static_cast<std::int64_t>(pipelines_.size());
  for (const auto& [mask, pipelines] : pipelines_) {
    if (work_limit_ > 0 && best_time())
      pipelines->stop_at(counts_.work + (work_limit_ - counts().work) / parts--);
    std::set<std::int64_t> wanted;
    for (const FamilyState* family : alive) {
      const auto useful = useful_shares(shares_of(*family, time, false), batch_);
      for (std::size_t g = 0; g < useful.size(); ++g)
        if (family->division[g] == mask) wanted.insert(useful[g].begin(), useful[g].end());
    }
    struct Choice {
      double least;
      std::int64_t sequences;
      PipelineShare shape;
    };
    std::vector<Choice> choices;
    for (const std::int64_t sequences : wanted)
      for (const PipelineShare& shape : shares_[mask][sequences].shapes)
        choices.push_back(
            {pipelines->spent() ? time : pipelines->least_time(shape, time), sequences, shape});
    std::stable_sort(choices.begin(), choices.end(),
                     [](const Choice& a, const Choice& b) { return a.least < b.least; });
    std::size_t fresh = 0;
    for (const Choice& choice : choices) {
      if (stopped()) return;
      const bool is_fresh = !pipelines->tried(choice.shape);
      if (is_fresh && (pipelines->spent() || ++fresh > kBuilt)) continue;
      const auto& built = pipelines->built(choice.shape);
      Share& share = shares_[mask][choice.sequences];
      if (built && (!share.built || built->time < share.built->time)) share.built = built;
    }
  }
}

/// The best plan of the family that the known plans of its groups make.
void MixedSearcher::assemble(FamilyState& family, double time) {
  const auto found = best_shares(shares_of(family, time, true), batch_);
  if (!found) return;
  MixedPlan plan;
  plan.sequence_length = question_.pools.front().question.scenario.plan.sequence_length;
  for (std::size_t g = 0; g < family.division.size(); ++g) {
    const PoolMask mask = family.division[g];
    const Share& share = shares_.at(mask).at(found->sequences[g]);
    plan.groups.push_back(share.built ? share.built->group
                                      : singles_[pools_in(mask)[0]]->group(share.single));
  }
  try_plan(family, std::move(plan));
}

std::optional<double> MixedSearcher::least_cost() const {
  std::vector<double> least;
  for (std::size_t k = 0; k < cuts_.size(); ++k) {
    const auto& price = question_.pools[k].question.prices.device;
    if (!price) return std::nullopt;
    for (const PoolCut& cut : cuts_[k]->cuts()) {
      const double each = *price / (usd / second) * cut.devices_per_stage / cut.micro_batch();
      least.resize(static_cast<std::size_t>(cut.layers()), std::numeric_limits<double>::infinity());
      for (std::size_t l = 0; l < least.size(); ++l)
        least[l] = std::min(least[l], each * (cut.forward[l + 1] - cut.forward[l] +
                                              cut.backward[l + 1] - cut.backward[l]));
    }
  }
  double sum = 0;
  for (const double layer : least) sum += layer;
  return sum * static_cast<double>(batch_) * (1 - 1e-9);
}

/// Times a whole plan and keeps it where it obeys every constraint and beats the family's best.
void MixedSearcher::try_plan(FamilyState& family, MixedPlan plan) {
  if (!mixed_plan_problems(physics_.model, physics_.pools, plan).empty()) return;
  ++counts_.plans_built;
  MixedQuestion physics = physics_;
  physics.with_energy = question_.constraints.common.power_cap.has_value();
  const MixedStep step = mixed_step(physics, plan, tables_);
  const std::optional<std::string> refusal = refusal_of(question_, plan, step);
  if (refusal) {
    family.refused = *refusal;
    return;
  }
  const double time = step.total / second;
  if (family.best && *family.best <= time) return;
  family.best = time;
  family.plan = std::move(plan);
}

}  // namespace polyfleet
