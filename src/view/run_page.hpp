// A whole training run as pictures: where the days go, the interval between checkpoints, what
// fails, the spread of simulated ends, and the step behind it.
#pragma once

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "report/run_report.hpp"

namespace polyfleet {

FigurePage run_page(const RunAnswer& answer, const Catalogue& catalogue);

/// Facts and figures of a forecast alone, for a page about more (plan_page).
std::vector<PageFact> run_facts(const RunQuestion& question, const RunForecast& forecast);
FigureSection run_section(const RunForecast& forecast);

}  // namespace polyfleet
