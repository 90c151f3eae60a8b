// How each group of cases is computed; the names are those of validation/fleet_cases.toml.
#pragma once

#include "validation/fleet_cases.hpp"

namespace polyfleet {

/// F1, F2, F8: training/goodput, training/reliability, training/spares.
Diagnostics add_reliability_cases(const FleetCaseFolders& folders, FleetCaseValues& values);
/// F7, F9: fleet/power_chain, fleet/demand_response.
Diagnostics add_power_cases(const FleetCaseFolders& folders, FleetCaseValues& values);
/// F3, F4, F12: fleet/job_rounds on Gavel's cluster, fleet/job_trace on the Philly trace.
Diagnostics add_job_cases(const FleetCaseFolders& folders, FleetCaseValues& values);
/// F10: capital/cost_of_ownership.
void add_capital_cases(FleetCaseValues& values);

}  // namespace polyfleet
