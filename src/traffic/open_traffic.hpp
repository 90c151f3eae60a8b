// From what a scenario says about its traffic to the requests themselves. The same spec and seed
// give the same requests, byte for byte; every source of a spec has random streams of its own, so
// that adding one leaves the others as they were.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "traffic/request.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// Every contradiction in a spec: no source, a rate of 0, no end, shares of 0, unknown model names.
Diagnostics check_traffic(const TrafficSpec& spec);

/// Errors: those of check_traffic, and of opening the traces that it names.
Result<std::unique_ptr<RequestSource>> open_traffic(const TrafficSpec& spec, std::uint64_t seed);

}  // namespace polyfleet
