// Which proposal is the plan: proposals are simulated best bound first, one simulation at a time,
// until none that is left can be better than the best that holds, or the budget is spent. The
// answer does not depend on the order in which the offers were stated, and every proposal has a
// fate that is told.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "planner/serving_verify.hpp"

namespace polyfleet {

/// What became of a proposal.
enum class ProposalFate {
  holds,        ///< simulated: it meets the targets with the replicas that it then has
  missed,       ///< simulated: it does not, whatever was tried
  given_up,     ///< simulated and missed; with more replicas it is no better than the plan
  same_pools,   ///< an earlier proposal has the same pools, and finds its own number of replicas
  no_better,    ///< not simulated: by its bound it is no better than the plan
  over_budget,  ///< not simulated: the budget was spent
  stopped       ///< not simulated, or not to its end: stopped before
};
inline constexpr std::array<std::string_view, 7> kProposalFateNames{
    "holds", "missed", "given up", "same pools", "no better", "over budget", "stopped"};
constexpr std::string_view name_of(ProposalFate fate) {
  return kProposalFateNames[static_cast<std::size_t>(fate)];
}

struct CheckedProposals {
  std::vector<VerifiedPlan> verified;  ///< best first; those that miss a target last
  std::vector<ProposalFate> fates;     ///< of every proposal, in their order
  std::size_t budget = 0;              ///< proposals that were allowed to be simulated
  int runs = 0;                        ///< simulations
  /// No proposal that was left (over budget, stopped) can have less of the objective; nothing:
  /// none was left that could be better than the plan.
  std::optional<double> left_from;
  bool interrupted = false;
};

/// Told the proposals whose simulation has begun, and how many there may be.
using ChoiceProgress = std::function<void(std::size_t begun, std::size_t budget)>;

/// Errors: those of the traffic and of the simulation. A budget of 0: nothing is simulated, and
/// `fates` is empty.
Result<CheckedProposals> check_proposals(const std::vector<ServingPlan>& proposals,
                                         ServingTrials& trials, std::size_t budget,
                                         const ChoiceProgress& progress = {});

}  // namespace polyfleet
