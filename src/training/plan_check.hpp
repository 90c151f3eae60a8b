// Can this plan be run at all: degrees that divide, enough layers, enough devices. Every
// contradiction is reported, each with a fix. Whether it fits in memory is a result, not an input
// error (training/memory.hpp).
#pragma once

#include "base/result.hpp"
#include "training/plan.hpp"

namespace polyfleet {

/// Empty when the plan is consistent for this model on `devices` accelerators.
Diagnostics plan_problems(const ModelSpec& model, const TrainingPlan& plan, std::int64_t devices);

}  // namespace polyfleet
