#include "planner/serving_choice.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "planner/serving_ranking.hpp"

namespace polyfleet {
namespace {

/// Sums in another order differ by less: no reason to simulate an equal plan.
constexpr double kEqualObjectives = 1e-9;

/// Kinds and roles of the pools.
std::vector<std::pair<std::size_t, PoolRole>> pools_key(const ServingPlan& plan) {
  std::vector<std::pair<std::size_t, PoolRole>> key;
  for (const PlannedPool& pool : plan.pools) key.emplace_back(pool.kind, pool.role);
  return key;
}

class ProposalChooser {
 public:
  ProposalChooser(const std::vector<ServingPlan>& proposals, ServingTrials& trials,
                  std::size_t budget, const ChoiceProgress& progress)
      : proposals_(proposals), trials_(trials), progress_(progress) {
    checked_.budget = budget;
  }

  Result<CheckedProposals> run() {
    if (checked_.budget == 0) return std::move(checked_);
    if (const Diagnostics problems = open_all(); !problems.empty()) return problems;
    while (Open* next = next_open()) {
      if (trials_.options().stopped()) return ended(true);
      if (!next->check.begun() && !begin()) {
        next->over_budget = true;
        continue;
      }
      const Result<bool> going = next->check.advance();
      if (!going) return going.problems();
      if (!*going) return ended(true);
      ++checked_.runs;
      look_at(next->check);
    }
    return ended(false);
  }

 private:
  struct Open {
    std::size_t proposal = 0;
    ServingCheck check;
    bool over_budget = false;
  };

  Diagnostics open_all() {
    std::set<std::vector<std::pair<std::size_t, PoolRole>>> seen;
    checked_.fates.assign(proposals_.size(), ProposalFate::same_pools);
    open_.reserve(proposals_.size());
    for (std::size_t i = 0; i < proposals_.size(); ++i) {
      if (!seen.insert(pools_key(proposals_[i])).second) continue;
      Result<ServingCheck> check = ServingCheck::make(trials_, proposals_[i]);
      if (!check) return check.problems();
      open_.push_back({i, *std::move(check)});
    }
    return {};
  }

  bool could_be_better(const Open& one) const {
    return one.check.bound() &&
           (!best_ || *one.check.bound() < best_value_ * (1 - kEqualObjectives));
  }

  /// The least bound, the earlier proposal of equals; null pointer: none could be better.
  Open* next_open() {
    Open* next = nullptr;
    for (Open& each : open_) {
      if (each.over_budget || !could_be_better(each)) continue;
      if (next == nullptr || *each.check.bound() < *next->check.bound()) next = &each;
    }
    return next;
  }

  /// Whether one more proposal may be simulated.
  bool begin() {
    if (begun_ == checked_.budget) return false;
    ++begun_;
    if (progress_) progress_(begun_, checked_.budget);
    return true;
  }

  void look_at(const ServingCheck& check) {
    const ServingPlan* held = check.held();
    if (held == nullptr) return;
    const ServingPlanQuestion& question = trials_.question();
    if (best_ && !comes_before(question, *held, *best_)) return;
    best_ = *held;
    best_value_ = *objective_of(*held, question.objective);
  }

  ProposalFate fate_of(const Open& one, bool stopped) const {
    if (one.check.held() != nullptr) return ProposalFate::holds;
    if (one.check.begun()) {
      if (!one.check.bound()) return ProposalFate::missed;
      return stopped ? ProposalFate::stopped : ProposalFate::given_up;
    }
    if (!could_be_better(one)) return ProposalFate::no_better;
    return one.over_budget ? ProposalFate::over_budget : ProposalFate::stopped;
  }

  CheckedProposals ended(bool stopped) {
    checked_.interrupted = stopped;
    for (const Open& each : open_) {
      checked_.fates[each.proposal] = fate_of(each, stopped);
      if (each.check.begun()) checked_.verified.push_back(each.check.result());
      if (could_be_better(each))
        checked_.left_from =
            std::min(checked_.left_from.value_or(*each.check.bound()), *each.check.bound());
    }
    const ServingPlanQuestion& question = trials_.question();
    std::stable_sort(checked_.verified.begin(), checked_.verified.end(),
                     [&](const VerifiedPlan& one, const VerifiedPlan& other) {
                       if (one.met != other.met) return one.met;
                       return comes_before(question, one.plan, other.plan);
                     });
    return std::move(checked_);
  }

  const std::vector<ServingPlan>& proposals_;
  ServingTrials& trials_;
  const ChoiceProgress& progress_;
  std::vector<Open> open_;  // in the order of the proposals
  std::size_t begun_ = 0;
  std::optional<ServingPlan> best_;
  double best_value_ = 0;
  CheckedProposals checked_;
};

}  // namespace

Result<CheckedProposals> check_proposals(const std::vector<ServingPlan>& proposals,
                                         ServingTrials& trials, std::size_t budget,
                                         const ChoiceProgress& progress) {
  return ProposalChooser(proposals, trials, budget, progress).run();
}

}  // namespace polyfleet
