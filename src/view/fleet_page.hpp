// A fleet study as a page of pictures: gigawatts, work, limits, energy, carbon, money, deals, sites
// and what may come. The numbers are those of report/fleet_text and report/fleet_json.
#pragma once

#include "chart/figure.hpp"
#include "report/fleet_answer.hpp"
#include "report/fleet_page.hpp"

namespace polyfleet {

FigurePage fleet_page(const FleetAnswer& answer);

/// The main job: the page of its first study with what the announced one and each what-if come to
/// beside it.
FigurePage main_job_page(const FleetPage& page);

}  // namespace polyfleet
