// A fleet study for people: what was delivered, what it did, drew, emitted and cost, what limited
// it and what was assumed. Tables over calendar years (or quarters), each line a sum of ledger
// rows; percentiles beside the totals where futures were played.
#pragma once

#include <string>

#include "report/fleet_answer.hpp"
#include "report/fleet_slices.hpp"
#include "report/table.hpp"

namespace polyfleet {

struct FleetPageOptions {
  FleetSliceKind slices = FleetSliceKind::year;
  bool explain = false;  ///< rates with their bases, rows behind each line, every assumption
};

std::string fleet_text(const FleetAnswer& answer, const FleetPageOptions& options, PageStyle style);

/// Parts of the page, for other pages too. Each ends in a line break; empty where it has nothing.
std::string fleet_verdict(const FleetAnswer& answer);
std::string fleet_programs_text(const FleetAnswer& answer, PageStyle style);
std::string fleet_campaigns_text(const FleetAnswer& answer, PageStyle style);
std::string fleet_costs_text(const FleetAnswer& answer, PageStyle style);
std::string fleet_limits_text(const FleetAnswer& answer, PageStyle style);
std::string fleet_deals_text(const std::vector<DealFutures>& deals, PageStyle style);
std::string fleet_rates_text(const FleetModel& model, PageStyle style);

}  // namespace polyfleet
