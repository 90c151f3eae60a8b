// Requests that are drawn: conversations start by an arrival process (open), as users become free
// (closed loop) or all at once (offline), and each turn after the first comes a think time after
// the answer to the one before. Memory: one record for each conversation that has more to come.
#pragma once

#include <memory>

#include "traffic/request_shaper.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// Precondition: the spec passed check_traffic (traffic/open_traffic.hpp).
std::unique_ptr<RequestSource> synthetic_source(const SourceSpec& spec, RequestShaper shaper,
                                                std::uint64_t seed);

}  // namespace polyfleet
