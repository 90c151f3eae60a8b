// `polyfleet plan serve` from question to answer: the search by closed form, then its proposals
// request by request until none that is left can be better (planner/serving_choice.hpp).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/serving_plan_question.hpp"

namespace polyfleet {

struct ServingPlanRun {
  std::unique_ptr<PreparedServingPlan> prepared;
  ServingPlanResult result;
  CheckedProposals checked;

  /// A view for the reports; valid while this object lives.
  ServingPlanAnswer answer() const;
};

/// Told in words what is going on, and the share done (below 0 = unknown).
using PlanProgress = std::function<void(const std::string&, double share)>;

/// `stop` set: what was found so far, marked as interrupted. Errors: those of the question, of the
/// traffic and of the simulation.
Result<ServingPlanRun> run_serving_plan(Workspace& workspace, const Value& document,
                                        const PlanProgress& progress,
                                        const std::atomic<bool>* stop = nullptr);

}  // namespace polyfleet
