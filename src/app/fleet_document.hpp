// The scenario of a fleet study as people write it (scenarios/fleet/*.toml) and what it becomes: a
// FleetModel without rates, and the questions whose answers (app/fleet_rates) are its rates. Every
// figure that the scenario leaves open and that has a default is named in FleetModel::assumptions.
// Reference: docs/fleet_scenarios.md, made from the field tables of fleet_sites, fleet_phases,
// fleet_workloads and fleet_finance.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/fleet_rates.hpp"
#include "app/workspace.hpp"
#include "config/value.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// A deal that a scenario names: an id of data/deals or a path to a file of the same form.
struct NamedDeal {
  std::string name;
  std::string program;  ///< whose gigawatts it looks at; empty = the deal says
  Position where;
  std::optional<CalendarDate> valued_on;  ///< nothing = the deal's, else the study's first day
};

struct FleetDocument {
  /// Complete but for `rates`, which is empty.
  FleetModel model;
  std::vector<RateQuestion> questions;  ///< one a workload, in the order of model.workloads
  std::vector<RateClass> classes;       ///< one a class, in the order of model.classes
  std::vector<NamedDeal> deals;
  Value uncertainty;  ///< the table [uncertainty] as written; null where there is none
  Value plan;         ///< the table [plan] as written; null where there is none
  Position where;
};

/// Reads and checks a scenario. Files that it names are looked for in `folder`, then in data/.
/// Errors, all of them with place and remedy: unknown keys and names, wrong kinds, ranges and
/// units, days that no month has, phases without a site or above its power, contracts and campaigns
/// that overlap, shares that do not sum to one, regions whose carbon figures differ in method,
/// missing hours of a price or carbon file, systems without power figures.
Result<FleetDocument> read_fleet_document(const Value& document,
                                          const std::filesystem::path& folder,
                                          Workspace& workspace);

/// The same for a file of TOML or JSON.
Result<FleetDocument> load_fleet_document(const std::filesystem::path& file, Workspace& workspace);

}  // namespace polyfleet
