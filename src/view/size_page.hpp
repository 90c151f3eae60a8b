// How many accelerators a run needs, as pictures: length, power, energy and cost over the sizes
// that were tried around the answer.
#pragma once

#include "chart/figure.hpp"
#include "report/run_report.hpp"

namespace polyfleet {

FigurePage size_page(const SizeAnswer& answer, const TrainingAnswer& training);

}  // namespace polyfleet
