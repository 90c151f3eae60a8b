// One training step as a Chrome/Perfetto trace (chrome://tracing, ui.perfetto.dev): a process per
// pipeline stage with its micro-batches, hand-overs, and the step's end (gradient reduction,
// parameter gather, optimiser, host, software). The trace ends where the estimate says; a long
// steady state is cut out and marked (training/timeline.hpp).
#pragma once

#include <string>
#include <vector>

#include "report/training_answer.hpp"
#include "training/schedule.hpp"

namespace polyfleet {

/// The schedule of the step and what each of its chunks costs, in model order.
PipelineShape pipeline_shape(const TrainingAnswer& answer);
std::vector<StageCost> chunk_costs(const TrainingAnswer& answer);

/// The trace as JSON.
std::string training_timeline(const TrainingAnswer& answer);

}  // namespace polyfleet
