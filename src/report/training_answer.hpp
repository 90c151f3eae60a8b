// A training question with its answer, as every form of report takes it.
#pragma once

#include <string>
#include <vector>

#include "training/estimate.hpp"

namespace polyfleet {

/// One change of the plan and what it would need in memory.
struct FittingChange {
  std::string change;   ///< "plan.recompute = full"
  Bytes need;           ///< fullest stage
  double slowdown = 1;  ///< step time over that of the asked plan
};

/// Everything a report shows. The references live as long as their owner.
struct TrainingAnswer {
  const TrainingScenario& scenario;
  const Machine& machine;
  const TrainingPrices& prices;
  const TrainingEstimate& estimate;
  bool strict = false;                   ///< without software maturity
  std::vector<FittingChange> would_fit;  ///< when the plan does not fit in memory, best first
};

}  // namespace polyfleet
