// The steady state of a replica for people and programs: the throughput-latency curve, what the
// memory holds, cost, energy and carbon, and where an iteration's time goes.
#pragma once

#include <string>

#include "config/value.hpp"
#include "report/serving_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// `explain`: with the parts of an iteration at every point.
/// "mean TTFT at most 1 s and mean TPOT at most 50 ms"; empty where neither is bounded.
std::string bounds_text(const ServingEstimate& estimate);
std::string serving_estimate_text(const ServingEstimate& estimate, bool explain, PageStyle style);
Value serving_estimate_json(const ServingEstimate& estimate);

/// "Llama 3.1 70B on 4 x Instinct MI300X (mi300x_8oam), vLLM, TP 4, fp8, cache fp8".
std::string served_heading(const ResolvedEngine& served);
/// Sequences of this many tokens that the cache holds at once.
double sequences_in_cache(const EngineModel& engine, double tokens);

}  // namespace polyfleet
