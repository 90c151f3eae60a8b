// The rate of inference work on one class of accelerators: of language models the service with the
// fewest accelerators that keeps the latency bounds (planner/serving_search.hpp, engines and number
// formats of its choice), of video the number of accelerators a sample that makes most of each.
#pragma once

#include "app/fleet_rates.hpp"

namespace polyfleet {

/// Output tokens. Precondition: model and class are known names. What cannot run is an answer with
/// its reason.
WorkloadRate serving_rate(Workspace& workspace, const RateQuestion& question, const RateClass& on);

/// Videos (or images: one frame). Same precondition.
WorkloadRate video_rate(Workspace& workspace, const RateQuestion& question, const RateClass& on);

}  // namespace polyfleet
