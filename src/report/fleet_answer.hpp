// Everything that a fleet study has to say, as its reports take it: the model, the plan played out,
// the deals on the plan's deliveries, and the futures where they were asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/fleet_run.hpp"
#include "report/futures_answer.hpp"

namespace polyfleet {

struct FleetAnswer {
  FleetModel model;  ///< with its rates
  FleetRun run;      ///< as planned
  /// Over the one path of the plan; `gigawatts` and `reached` as for futures.
  std::vector<DealFutures> deals;
  std::optional<FuturesAnswer> futures;
};

}  // namespace polyfleet
