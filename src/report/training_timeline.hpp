// One training step as a Chrome/Perfetto trace (chrome://tracing, ui.perfetto.dev): a process per
// pipeline stage with its micro-batches, hand-overs, and the step's end (gradient reduction,
// parameter gather, optimiser, host, software). The trace ends where the estimate says.
#pragma once

#include <string>

#include "base/result.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

/// The trace as JSON. Errors: more tasks than a viewer opens (kMostTraceTasks).
Result<std::string> training_timeline(const TrainingAnswer& answer);

inline constexpr std::int64_t kMostTraceTasks = 1'000'000;

}  // namespace polyfleet
