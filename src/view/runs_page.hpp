// Two runs of the history as pictures: what was asked differently, and by how much each number of
// the answer moved.
#pragma once

#include "chart/figure.hpp"
#include "report/runs_comparison.hpp"

namespace polyfleet {

FigurePage runs_comparison_page(const RunsComparison& comparison);

}  // namespace polyfleet
