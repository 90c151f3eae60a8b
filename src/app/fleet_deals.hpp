// The deals of a fleet scenario over one or many futures of its deliveries: the day on which each
// of a deal's gigawatts is accepted, and what warrants, releases and guarantees are worth then.
// Warrants on one share are valued together, because they dilute each other. A deal whose program
// is not in the fleet (another buyer's warrant on the same share) follows its own plan.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "app/fleet_document.hpp"
#include "report/futures_answer.hpp"

namespace polyfleet {

struct FleetDealOptions {
  std::int64_t price_paths = 20000;  ///< of each share
  std::uint64_t seed = 1;
  unsigned threads = 0;  ///< 0 = as many as the machine has
  /// Ids of deals that release no more money from `stopped_from` on.
  std::vector<std::string> stopped = {};
  CalendarDate stopped_from = {};
};

/// One entry a deal of the document, in its order; `futures` are equally likely (the plan alone:
/// one empty variation). Valued on the day that the scenario states, else on the first day of the
/// study, by the last quote on or before it; where there is none, by the first quote and on its
/// day. A valuation that cannot be made (an expiry that is past) is a DealFutures with the problem.
/// Errors: a deal or share that cannot be read.
Result<std::vector<DealFutures>> value_fleet_deals(const std::filesystem::path& data_directory,
                                                   const FleetDocument& document,
                                                   const std::vector<FleetVariation>& futures,
                                                   const FleetDealOptions& options);

}  // namespace polyfleet
