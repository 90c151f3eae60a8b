// The traffic of a serving plan: what a trace is like on average (for the closed form), and streams
// of requests at any rate (for the simulation): the trace itself, faster or several times at once,
// or Poisson arrivals with log-normal lengths of the stated mean and variation.
#pragma once

#include <string>
#include <vector>

#include "app/serving_plan_document.hpp"
#include "app/workspace.hpp"
#include "planner/serving_verify.hpp"

namespace polyfleet {

/// Statistics of a trace, all requests.
struct TraceFacts {
  std::int64_t requests = 0;
  std::int64_t longest = 0;          ///< prompt and output of one request, tokens
  double requests_per_second = 0;    ///< over the time from first to last
  SteadyLoad shape;                  ///< cached_share: had every prefix been kept
  std::vector<std::string> remarks;  ///< of the reader
};

struct PlanTraffic {
  ServingDemand demand;
  TrafficMaker maker;
  std::optional<TraceFacts> trace;
};

/// Errors: those of the trace, each with its line; a trace of one moment without a stated rate.
Result<PlanTraffic> plan_traffic(const Workspace& workspace, const StatedServingPlan& stated,
                                 const std::string& scenario_folder);

}  // namespace polyfleet
