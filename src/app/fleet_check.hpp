// What can only be seen when all tables of a fleet scenario are known: ids that stand twice, sites
// whose phases ask for more than their power, contracts of a partner for the same machines that
// overlap, carbon figures of different methods in one study.
#pragma once

#include <vector>

#include "app/fleet_phases.hpp"
#include "app/fleet_sites.hpp"
#include "app/fleet_workloads.hpp"

namespace polyfleet {

/// Every table of a scenario, as written.
struct StatedFleet : StatedEntry {
  std::string name, description;
  std::optional<StatedStudy> study;
  std::optional<StatedFinance> finance;
  std::optional<StatedPolicy> policy;
  std::vector<StatedFleetSite> sites;
  std::vector<StatedHardware> hardware;
  std::vector<StatedPhase> phases;
  std::vector<StatedFleetPool> pools;
  std::vector<StatedWorkload> workloads;
};

/// Ids that stand twice, or not at all; missing tables.
void check_ids(const StatedFleet& stated, Diagnostics& out);

/// Regions whose carbon figures follow different methods, where the study does not allow it.
void check_carbon_sets(const StatedFleet& stated, const Catalogue& catalogue, Diagnostics& out);

/// `phases`: pools first, then phases, as resolved. Planned deliveries, without acceptance and
/// delays, against the grid connection and on-site generation at every date.
void check_power(const StatedFleet& stated, const FleetTime& time,
                 const std::vector<SiteModel>& sites, const std::vector<FleetPhase>& phases,
                 Diagnostics& out);

/// Contracts of one partner for one `capacity` (where none is named: one system at one site) whose
/// days overlap.
void check_contracts(const StatedFleet& stated, const FleetTime& time,
                     const std::vector<FleetPhase>& phases, Diagnostics& out);

}  // namespace polyfleet
