// What the work of a fleet cost, from the rows of its ledger: money spent less what the hardware is
// worth at the end, phase by phase, then workload by workload by the accelerators that it had in
// use. Money of a site goes to its phases by their power and time (electricity to those that pay
// it, the building to those that are owned), so that nothing is lost: phases and what could not be
// placed sum to the ledger. Not discounted. Wrong where the accelerators of one group draw very
// different power for different workloads: electricity follows accelerators, not watts.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "fleet/fleet_run.hpp"

namespace polyfleet {

/// Spent is positive.
struct PhaseCost {
  Usd capital;   ///< accelerators, nodes, network, less their worth at the end
  Usd facility;  ///< less its worth at the end
  Usd energy;    ///< grid, generation, less income from curtailment; carbon where it is paid
  Usd upkeep, rent;
  double gigawatt_years = 0;     ///< of power installed; years of 365 days
  double accelerator_hours = 0;  ///< installed
  Usd total() const { return capital + facility + energy + upkeep + rent; }
};

struct WorkloadCost {
  Usd cost;
  double accelerator_hours = 0;  ///< in use
  double units = 0, tokens = 0;
};

struct FleetCosts {
  std::vector<PhaseCost> phases;        ///< by phase of the model
  std::vector<WorkloadCost> workloads;  ///< by workload
  Usd idle;                             ///< of groups that never did any work
  Usd unplaced;                         ///< rows of no phase, at sites without phases
  Usd total() const;                    ///< of phases and unplaced
};

FleetCosts fleet_costs(const FleetModel& model, const FleetRun& run);

/// The phases of one kind of ownership together.
PhaseCost cost_of(const FleetCosts& costs, const FleetModel& model, Ownership ownership);
std::string_view name_of(Ownership ownership);

/// One run of a workload with campaigns: its share of the workload's cost by what was done.
Usd cost_of(const FleetCosts& costs, const FleetRun& run, const CampaignOutcome& campaign);

/// All rows that move money, and what is left at the end, discounted to the first day at the
/// model's rate (days over 365); a row counts in the middle of its period.
Usd net_present_value(const FleetModel& model, const Ledger& ledger);

}  // namespace polyfleet
