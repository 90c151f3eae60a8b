// One step of a plan over several pools on its stages: which pool each runs on, what it does when,
// what it waits for, and what goes between the pools.
#pragma once

#include "chart/figure.hpp"
#include "report/mixed_answer.hpp"
#include "training/mixed_timeline.hpp"

namespace polyfleet {

/// Every task of every group's stages at the times of the predicted step, gaps named as waiting, so
/// that the spans of a stage fill the step; transfers between pools on lanes of their own. Of many
/// stages some are drawn, and always those at the borders of pools; of long steps the warm-up, the
/// drain and the end. What is left out is said in the reading. `timeline`: of the best plan.
PageFigure mixed_timeline_figure(const MixedAnswer& answer, const PlannedMix& best,
                                 const MixedTimeline& timeline);

}  // namespace polyfleet
