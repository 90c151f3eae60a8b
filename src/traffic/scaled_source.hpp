// A trace changed on its way in: a window of it, faster or slower, thinned, repeated end to end,
// and several copies at once with independent jitter ("scaled up": k times the load with the
// trace's own burstiness above the jitter; below it arrivals approach Poisson). Streamed: memory
// grows only with the requests that wait within one jitter.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// Errors: those of open_trace. Precondition: the spec passed check_traffic.
Result<std::unique_ptr<RequestSource>> scaled_source(const SourceSpec& spec,
                                                     const TrafficNames& names, std::uint64_t seed);

}  // namespace polyfleet
