// A fleet study as files for spreadsheets: every row of the ledger, every period of every group,
// every delivery, every hour of every site where hours were kept, and the percentiles of the
// futures. Each file opens with comment lines that say what it is and its units.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/fleet_answer.hpp"

namespace polyfleet {

/// Names and contents: ledger.csv, periods.csv, deliveries.csv, limits.csv, energy_hourly.csv
/// (where `hourly` and the run kept them), and the files of futures_csv.
std::vector<std::pair<std::string, std::string>> fleet_csv(const FleetAnswer& answer, bool hourly);

}  // namespace polyfleet
