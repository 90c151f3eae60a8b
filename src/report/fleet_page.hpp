// The one page of the main job: what the gigawatts deliver by year, draw, emit and cost, beside
// what was announced; when the warrants vest and what they are worth; what a delay, failures or a
// lost vendor change; where the files are.
#pragma once

#include <string>
#include <vector>

#include "config/value.hpp"
#include "report/fleet_answer.hpp"
#include "report/fleet_headline.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// The study played again with one thing changed.
struct FleetWhatIf {
  std::string name;  ///< "AMD two quarters late"
  std::vector<HeadlineFigure> figures;
  std::vector<ProgramMilestones> programs;
};

struct FleetPage {
  FleetAnswer now, announced;
  std::vector<FleetWhatIf> what_if;  ///< of `now`
  std::string folder;                ///< where the files are; empty = none were written
};

std::string fleet_page_text(const FleetPage& page, PageStyle style);
Value fleet_page_json(const FleetPage& page);

}  // namespace polyfleet
