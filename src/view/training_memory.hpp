// Memory of a training plan as pictures: by stage against the capacity, part by part on the fullest
// stage, and what would make it fit.
#pragma once

#include "chart/figure.hpp"
#include "report/training_answer.hpp"
#include "view/training_sources.hpp"

namespace polyfleet {

/// No figures where the answer has no memory.
FigureSection memory_section(const TrainingAnswer& answer, const TrainingSources& sources);

}  // namespace polyfleet
