// What limited a fleet over the whole study: the binding limits of all periods, joined by what they
// are, with their shadow prices; and the periods in which a demand that must be met was not.
#pragma once

#include <string>
#include <vector>

#include "fleet/fleet_run.hpp"

namespace polyfleet {

struct LimitSummary {
  std::string what, unit, saves;  ///< as BindingLimit
  int periods = 0;                ///< in which it bound
  int first = 0, last = 0;        ///< of these
  double mean = 0, most = 0;      ///< price over these periods, in `saves` a period and unit
  double worth = 0;               ///< price times the limit, sum over these periods
};

/// Those of one kind of saving together, the kind that bound longest first; within it those that
/// are worth most first, ties by name.
std::vector<LimitSummary> limit_summaries(const std::vector<std::vector<BindingLimit>>& binding);

/// Demands that must be met and were not, joined over the periods.
struct MissedDemand {
  int workload = 0;
  int periods = 0, first = 0, last = 0;
  double most = 0;                    ///< unmet, units a second, in the worst period
  int worst = 0;                      ///< period
  std::vector<BindingLimit> binding;  ///< of the worst period
};
std::vector<MissedDemand> missed_demands(const FleetModel& model, const FleetRun& run);

/// A price with a fitting unit: "3.2 million USD", "12 MWh" of joules, "4 tCO2e" of grams.
std::string saving_text(double price, const std::string& saves);
std::string_view name_of(FleetObjective objective);

}  // namespace polyfleet
