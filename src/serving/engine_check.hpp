// Layouts of a replica that a model or an accelerator cannot take, each with its reason.
#pragma once

#include "serving/engine_model.hpp"

namespace polyfleet {

/// Every problem of the question's layout, formats and engine; empty when it can be built.
Diagnostics engine_problems(const EngineQuestion& question);

}  // namespace polyfleet
