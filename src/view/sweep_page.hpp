// A sweep as pictures: speed, cost and memory over the swept axis, a line for each value of a
// second one; every point of the grid as a table.
#pragma once

#include "chart/figure.hpp"
#include "report/sweep_report.hpp"

namespace polyfleet {

FigurePage sweep_page(const SweepAnswer& answer);

}  // namespace polyfleet
