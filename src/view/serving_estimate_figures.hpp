// Memory, cost and energy of one replica as figures (view/serving_estimate_page.hpp).
#pragma once

#include <string>

#include "chart/figure.hpp"
#include "report/serving_answer.hpp"

namespace polyfleet {

/// "16 users", "3.2 requests/s".
std::string served_load_text(const ServedPoint& point);
/// Whether this load has any throughput.
bool carries(const ServedPoint& point);

/// What an accelerator's memory holds, and how many requests fit the cache.
FigureSection replica_memory_section(const ServingEstimate& estimate);
/// Cost and energy of tokens by load; without figures where neither is known.
FigureSection replica_cost_section(const ServingEstimate& estimate);

}  // namespace polyfleet
