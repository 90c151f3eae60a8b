// The cases that fleets are held against, as a table and as JSON.
#pragma once

#include <string>

#include "config/value.hpp"
#include "report/table.hpp"
#include "validation/fleet_cases.hpp"

namespace polyfleet {

std::string fleet_cases_text(const FleetCases& cases, PageStyle style);
std::string fleet_cases_csv(const FleetCases& cases);
Value fleet_cases_json(const FleetCases& cases);

}  // namespace polyfleet
