// The fleet played out: phases arrive, are accepted and retire; each period's accelerators are
// allocated to the workloads; each hour's energy is drawn, bought and emitted; everything is
// written into the ledger. Deterministic: what is uncertain enters as a FleetVariation.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "fleet/allocation.hpp"
#include "fleet/campaign.hpp"
#include "fleet/fleet_model.hpp"
#include "fleet/fleet_variation.hpp"
#include "fleet/ledger.hpp"
#include "fleet/rollout.hpp"

namespace polyfleet {

/// One period of one group, for plots and reports.
struct GroupPeriod {
  double installed = 0, in_service = 0;
  std::vector<double> in_use;  ///< by workload
};

/// The day on which a program's gigawatts passed whole numbers.
struct ProgramMilestones {
  std::string program;
  std::vector<FleetHour> gigawatts;  ///< [i]: i + 1 GW accepted; only those that were passed
  double accepted_at_end = 0;        ///< GW
};

/// A period in which a `must` was not met.
struct Shortfall {
  int period = 0;
  std::vector<BindingLimit> binding;
  std::vector<double> unmet;  ///< by workload, units a second
};

struct FleetRun {
  Ledger ledger;
  std::vector<FleetGroup> groups;
  std::vector<std::vector<GroupPeriod>> periods;  ///< [period][group]
  std::vector<ProgramMilestones> programs;
  std::vector<CampaignOutcome> campaigns;
  std::vector<Shortfall> shortfalls;               ///< empty: feasible
  std::vector<std::vector<BindingLimit>> binding;  ///< by period
  std::vector<std::vector<double>> hourly_grid;    ///< watts [site][hour]; where asked for
  /// Highest draw from grid and generation, watts [site][period].
  std::vector<std::vector<double>> peak_watts;
  std::vector<double> limited_hours;  ///< by site: hours in which load gave way
  bool feasible() const { return shortfalls.empty(); }
  bool interrupted = false;
};

struct FleetRunOptions {
  bool with_series = true;   ///< periods, binding limits
  bool with_hourly = false;  ///< hourly_grid
  const std::atomic<bool>* stop = nullptr;
  std::function<void(double share)> progress = {};
};

/// Precondition: the model is complete and consistent (app/fleet_document checks).
FleetRun simulate_fleet(const FleetModel& model, const FleetVariation& variation = {},
                        const FleetRunOptions& options = {});

}  // namespace polyfleet
