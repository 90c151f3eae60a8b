// The sensitivity of one training question (planner/sensitivity.hpp), from a resolved scenario.
#pragma once

#include "app/plan_run.hpp"
#include "app/scenario_resolve.hpp"
#include "planner/plan_sensitivity.hpp"

namespace polyfleet {

/// `strict`: without the software-maturity factor. Errors: data that does not load.
Result<Sensitivity> run_sensitivity(Workspace& workspace, const ResolvedTraining& resolved,
                                    bool strict);

/// Whether the best plan of a finished search stays the best. Precondition: it found one.
Result<std::vector<MovedInput>> run_plan_sensitivity(const Workspace& workspace, const PlanRun& run,
                                                     const SearchControl& control);

}  // namespace polyfleet
