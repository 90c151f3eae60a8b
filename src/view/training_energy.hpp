// Energy, carbon and money of a training step as pictures.
#pragma once

#include "chart/figure.hpp"
#include "report/training_answer.hpp"
#include "view/training_sources.hpp"

namespace polyfleet {

FigureSection energy_section(const TrainingAnswer& answer, const TrainingSources& sources);

}  // namespace polyfleet
