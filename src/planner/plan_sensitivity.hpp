// Does the best plan stay the best when an input is not what it is taken to be? Each of the inputs
// that matter most is moved by its own uncertainty, up and down, and the search is asked again.
// Wrong where several inputs are off at once: they are moved one at a time.
#pragma once

#include <string>
#include <vector>

#include "planner/plan_search.hpp"
#include "planner/sensitivity.hpp"

namespace polyfleet {

/// One input moved, and what the search says then.
struct MovedInput {
  std::string key;   ///< "costs.scale_out"
  double moved = 1;  ///< factor; of a share: what was added
  bool is_share = false;
  PlannedPlan best;      ///< the best plan then
  Seconds kept;          ///< the nominal best plan's time then
  bool changes = false;  ///< another plan is faster

  /// Time lost by keeping the nominal best plan, as a share.
  double loss() const { return kept / best.time - 1; }
};

/// The answer of a finished search whose objective is time, and what else it takes to ask again.
struct PlanSensitivityQuestion {
  const PlanSearchQuestion* search = nullptr;
  const PlannedPlan* best = nullptr;
  const UncertaintyTable* uncertainties = nullptr;
  std::filesystem::path data_directory;
  std::size_t inputs = 5;  ///< most telling ones that are moved
};

/// Two answers per input, down first; fewer when `control` stops it. Errors: data that does not
/// load.
Result<std::vector<MovedInput>> plan_sensitivity(const PlanSensitivityQuestion& question,
                                                 const SearchControl& control);

}  // namespace polyfleet
