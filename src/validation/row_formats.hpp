// Number formats of a row: precision recipe, gradients, optimizer states. Internal to the
// validation room.
#pragma once

#include "validation/row_mapping.hpp"

namespace polyfleet {

/// "FP8 (per-tensor current scaling)" -> "fp8_current"; empty when the wording says nothing.
std::string recipe_named(std::string_view wording);

void read_formats(RowReading& reading, const Siblings& siblings, TrainingPlan& plan);

}  // namespace polyfleet
