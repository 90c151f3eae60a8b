#include "fleet/demand_response.hpp"
#include "fleet/power_chain.hpp"
#include "validation/fleet_case_values.hpp"

namespace polyfleet {

Diagnostics add_power_cases(const FleetCaseFolders& folders, FleetCaseValues& values) {
  const Result<FrontierCase> frontier = frontier_case(folders.data);
  if (!frontier) return frontier.problems();
  values[{"F7", "Frontier, idle"}] = frontier->idle.total / megawatt;
  values[{"F7", "Frontier, at peak"}] = frontier->peak.total / megawatt;
  values[{"F7", "Frontier, efficiency of the power chain, idle"}] = frontier->idle.efficiency();
  values[{"F7", "Frontier, efficiency of the power chain, at peak"}] = frontier->peak.efficiency();
  const Result<DemandResponseCase> response = demand_response_case(folders.data);
  if (!response) return response.problems();
  values[{"F9", "Phoenix: cut reached for 3 h with the published tiers, the first untouched"}] =
      response->phoenix.cut;
  values[{"F9", "Phoenix: throughput lost in the first tier"}] = response->phoenix.loss.front();
  values[{"F9", "London: cut reached on whole nodes"}] = response->london.cut;
  return {};
}

}  // namespace polyfleet
