// Whether a model's numbers fit each other, whichever form they were read from.
#pragma once

#include "base/result.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// Adds a diagnostic for every contradiction: missing widths, KV heads that do not divide heads,
/// more experts chosen than there are, more dense layers than layers.
void check_model(const ModelSpec& model, const Position& where, Diagnostics& out);

/// Notes where the stated parameter count is off the computed one by more than 3 %.
void note_parameters(ModelSpec& model);

}  // namespace polyfleet
