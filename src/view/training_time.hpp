// A training step's time as pictures: by cause, by pipeline stage, and the schedule itself.
#pragma once

#include "chart/figure.hpp"
#include "report/training_answer.hpp"
#include "view/training_sources.hpp"

namespace polyfleet {

FigureSection time_section(const TrainingAnswer& answer, const TrainingSources& sources);

/// The step's time by cause, in one bar.
PageFigure step_figure(const TrainingAnswer& answer, const TrainingSources& sources);

/// Every task of the step on its stage, at their true times; of long steps the warm-up, the drain
/// and the end, of deep pipelines some stages. What is left out is said in the reading.
PageFigure pipeline_figure(const TrainingAnswer& answer, const TrainingSources& sources);

}  // namespace polyfleet
