// A sensitivity as pictures: what moves the step time and by how much, what the interval is made
// of, what measurements would leave of it, and scale-up domains of other sizes.
#pragma once

#include "chart/figure.hpp"
#include "planner/plan_sensitivity.hpp"
#include "planner/sensitivity.hpp"

namespace polyfleet {

FigurePage sensitivity_page(const TrainingScenario& scenario, const Sensitivity& sensitivity);

/// The step time at each input's two ends, and whether another plan would be faster there.
PageFigure moved_inputs_figure(const std::vector<MovedInput>& moves, Seconds best);

}  // namespace polyfleet
