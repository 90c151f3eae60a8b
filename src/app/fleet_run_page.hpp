// The main job: two fleet studies side by side, the first with futures and with what would change
// if a vendor were late or lost, or accelerators failed twice as often.
#pragma once

#include "app/fleet_run_study.hpp"
#include "report/fleet_page.hpp"

namespace polyfleet {

struct FleetPageQuestion {
  std::string now, announced;     ///< scenario files
  std::vector<Setting> settings;  ///< laid over `now`
};

/// Errors: those of the documents.
Result<FleetPage> run_fleet_page(const FleetPageQuestion& question, Workspace& workspace,
                                 const FleetStudyOptions& options);

/// What is played beside the plan: every vendor with capacity still to come two quarters late, and
/// lost from the first day (what has not begun never comes); twice the share out of service.
struct NamedVariation {
  std::string name;
  FleetVariation variation;
};
std::vector<NamedVariation> usual_what_ifs(const FleetModel& model);

}  // namespace polyfleet
