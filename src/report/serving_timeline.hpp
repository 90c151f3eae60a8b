// What a simulated service did over time, by pool: as CSV, or as counters of a Chrome/Perfetto
// trace.
#pragma once

#include <string>

#include "report/serving_simulation.hpp"

namespace polyfleet {

/// Columns: time_s, pool, replicas, running, waiting, used_blocks, output_tokens (since the start).
std::string serving_timeline_csv(const ServingSimulation& run);
/// Trace events (JSON) with one counter a pool and quantity; times in microseconds.
std::string serving_timeline_trace(const ServingSimulation& run);

}  // namespace polyfleet
