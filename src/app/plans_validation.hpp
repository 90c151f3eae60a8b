// Published tuned plans against the planner (validation/plan_validation.hpp), on the shipped table
// or any other with its columns.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "app/workspace.hpp"
#include "validation/plan_validation.hpp"

namespace polyfleet {

struct PlansRequest {
  std::string data;  ///< CSV file; empty = the shipped one
  bool strict = false;
  std::size_t limit = 0;  ///< most configurations; 0 = all
  std::function<void(double)> progress = {};
  const std::atomic<bool>* stop = nullptr;  ///< set: the plans judged so far
};

/// Plans evaluated for the standing of one published plan: a share of 5 % is then known to half a
/// point, one standard error, where half of the plans fit.
inline constexpr std::size_t kStandingSample = 4000;

/// Errors: an unreadable or malformed table.
Result<PlanValidation> run_plans_validation(Workspace& workspace, const PlansRequest& request);

}  // namespace polyfleet
