// A fleet study for programs: every line by year with its unit and the ledger accounts behind it,
// programmes, runs, costs, limits, deals, rates and assumptions; keys are stable. Futures as
// report/futures_text writes them.
#pragma once

#include "config/value.hpp"
#include "report/fleet_answer.hpp"
#include "report/fleet_slices.hpp"

namespace polyfleet {

/// Amounts in the unit of each line (usd, gwh, tonnes CO2e, ...); days as text, null = never.
Value fleet_json(const FleetAnswer& answer, FleetSliceKind slices);

/// Deals over one path or over many.
Value deals_json(const std::vector<DealFutures>& deals);

}  // namespace polyfleet
