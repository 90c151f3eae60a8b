// What would make a plan fit in memory: single changes of the plan, then pairs, on the same
// devices, each estimated whole. A short list of well-known remedies, not a search over all plans.
#pragma once

#include <vector>

#include "app/scenario_resolve.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

/// The changes that fit, fastest first, at most `most`. Pairs are tried only when no single change
/// fits. `asked` is the time of the plan as asked.
std::vector<FittingChange> changes_that_fit(const ResolvedTraining& resolved,
                                            const TrainingModels& models, Seconds asked,
                                            std::size_t most = 5);

}  // namespace polyfleet
