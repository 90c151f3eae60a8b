// The figures of a plan over several pools. Those of the best mix need one.
#pragma once

#include "chart/figure.hpp"
#include "report/mixed_answer.hpp"

namespace polyfleet {

/// Tokens a second of each pool without the others, their sum, and the best mix.
PageFigure rates_figure(const MixedAnswer& answer);
/// Each vendor's share of accelerators and tokens in the best mix.
PageFigure shares_figure(const MixedAnswer& answer, const PlannedMix& best);
/// Where each replica group's step goes; every bar sums to the step.
PageFigure group_time_figure(const MixedAnswer& answer, const PlannedMix& best);
/// How each stage group is cut, and how much of the step it is busy.
PageFigure groups_figure(const MixedAnswer& answer, const PlannedMix& best);
/// The fullest stage of each stage group against its capacity.
PageFigure mixed_memory_figure(const MixedAnswer& answer, const PlannedMix& best);
/// Parts of the step in which work waits or only communicates.
PageFigure limits_figure(const PlannedMix& best);
/// Every way to divide the pools.
PageFigure mix_families_figure(const MixedAnswer& answer);
/// Paths between pools and where their figures come from.
PageFigure links_figure(const MixedAnswer& answer);

}  // namespace polyfleet
