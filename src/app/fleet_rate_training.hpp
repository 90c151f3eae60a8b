// The rate of training work on one class of accelerators: the plan with the most tokens a second
// that the planner finds on a block of them, its draw, and the share of the time that failures and
// checkpoints leave. Degrees beyond those listed in the source are not searched.
#pragma once

#include "app/fleet_rates.hpp"

namespace polyfleet {

/// Precondition: model and class are known names. What cannot run is an answer with its reason.
WorkloadRate training_rate(Workspace& workspace, const RateQuestion& question, const RateClass& on);

}  // namespace polyfleet
