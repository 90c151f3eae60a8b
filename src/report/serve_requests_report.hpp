// Measured servers against their replay, as a table and as JSON.
#pragma once

#include <vector>

#include "config/value.hpp"
#include "report/table.hpp"
#include "validation/serve_requests.hpp"

namespace polyfleet {

/// {runs: [{name, requests, cache_tokens, preemptions, mean_ttft_error, mean_tpot_error,
/// median_ttft_ape, median_tpot_ape, met}]}; errors are fractions.
Value serve_requests_json(const std::vector<RequestRun>& runs);
std::string serve_requests_text(const std::vector<RequestRun>& runs, PageStyle style);

/// Mean TPOT within 4 % and mean TTFT within 8 %: what the replay is to reach.
bool reaches_goals(const RequestRun& run);

}  // namespace polyfleet
