// The tables of a fleet scenario at its top level, for the reader and the reference page.
#pragma once

#include "app/fleet_check.hpp"
#include "app/fleet_document.hpp"

namespace polyfleet {

/// [[deal]]
struct StatedDeal : StatedEntry {
  std::string name, program;
  std::optional<CalendarDate> valued_on;
};

struct FleetScenario : StatedFleet {
  std::vector<StatedDeal> stated_deals;
  std::vector<NamedDeal> deals;
  Value uncertainty, plan;
};

const FieldTable<FleetScenario>& fleet_scenario_fields();
const FieldTable<StatedDeal>& named_deal_fields();

/// Every table as written. Problems: unknown keys, wrong kinds, ranges and units, deals that stand
/// twice.
FleetScenario read_fleet_scenario(const Value& document, Diagnostics& out);

}  // namespace polyfleet
