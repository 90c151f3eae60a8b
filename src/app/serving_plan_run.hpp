// `polyfleet plan serve` from question to answer: the search by closed form, then the best plans
// request by request, ranked again by what the simulation leaves of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/serving_plan_question.hpp"

namespace polyfleet {

struct ServingPlanRun {
  std::unique_ptr<PreparedServingPlan> prepared;
  ServingPlanResult result;
  std::vector<VerifiedPlan> verified;

  /// A view for the reports; valid while this object lives.
  ServingPlanAnswer answer() const;
};

/// Told in words what is going on, and the share done (below 0 = unknown).
using PlanProgress = std::function<void(const std::string&, double share)>;

/// Errors: those of the question, of the traffic and
/// of the simulation.
Result<ServingPlanRun> run_serving_plan(Workspace& workspace, const Value& document,
                                        const PlanProgress& progress);

}  // namespace polyfleet
