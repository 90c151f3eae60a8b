// The sections of a fleet's page (view/fleet_page.hpp), each from the parts of the answer that it
// is about. A section without anything to show has no figures.
#pragma once

#include "chart/figure.hpp"
#include "report/fleet_answer.hpp"

namespace polyfleet {

/// What stands when: by vendor, by phase, dates of the phases, power of the sites.
FigureSection fleet_capacity_section(const FleetAnswer& answer);
/// Which accelerators do what, how busy they are, what demand is not met.
FigureSection fleet_work_section(const FleetAnswer& answer);
/// What limits: binding limits over time, demand that must be met and is not.
FigureSection fleet_limit_section(const FleetAnswer& answer);
/// Energy and carbon by month, day and hour.
FigureSection fleet_energy_section(const FleetAnswer& answer);
/// The sites as a table, and their energy.
FigureSection fleet_site_section(const FleetAnswer& answer);
/// Cash by quarter, cost by phase, cost of a million tokens over time.
FigureSection fleet_money_section(const FleetAnswer& answer);
/// What the engine predicts: rates and power of each class.
FigureSection fleet_rate_section(const FleetAnswer& answer);

}  // namespace polyfleet
