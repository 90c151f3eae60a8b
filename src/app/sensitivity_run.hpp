// The sensitivity of one training question (planner/sensitivity.hpp), from a resolved scenario.
#pragma once

#include "app/scenario_resolve.hpp"
#include "planner/sensitivity.hpp"

namespace polyfleet {

/// `strict`: without the software-maturity factor. Errors: data that does not load.
Result<Sensitivity> run_sensitivity(Workspace& workspace, const ResolvedTraining& resolved,
                                    bool strict);

}  // namespace polyfleet
