// The settings of a row's plan beyond its degrees: sharding, recomputation, overlaps, number
// formats, optimizer, adapters, attention, experts, host. Internal to the validation room.
#pragma once

#include "validation/row_mapping.hpp"

namespace polyfleet {

/// Fills everything of the plan that the mapping does not.
void read_settings(RowReading& reading, const ModelSpec& model, const Siblings& siblings,
                   TrainingPlan& plan);

}  // namespace polyfleet
