// The question that a workload asks of each kind of accelerator, and which keys of the scenario it
// is made of: they depend on the workload's kind.
#pragma once

#include "app/fleet_workloads.hpp"

namespace polyfleet {

/// Keys that this kind lacks, and written keys that it does not look at. Precondition: the kind is
/// stated.
void check_question_keys(const StatedWorkload& stated, Diagnostics& out);

/// Also sets what a unit of the workload counts in totals: model FLOPs (of language models; video
/// has none) and tokens. Problems: an unknown model, precision or set of formats, a model of
/// another kind.
RateQuestion question_of(const StatedWorkload& stated, const WorkloadContext& context,
                         FleetWorkload& workload, Diagnostics& out);

}  // namespace polyfleet
