// What an hour of one accelerator and a kilowatt-hour cost in a scenario: as stated, else the
// catalogue's rental of the system or the part (which contains electricity), else unknown.
#pragma once

#include <vector>

#include "app/scenario_document.hpp"
#include "app/workspace.hpp"
#include "training/estimate.hpp"

namespace polyfleet {

struct PricedTraining {
  TrainingPrices prices;
  std::vector<Assumption> assumptions;
};

/// What a price is asked for.
struct PricedPart {
  const Accelerator& accelerator;
  const System& system;
};

/// Errors: an unknown site.
Result<PricedTraining> part_prices(const Workspace& workspace, const StatedScenario& stated,
                                   const PricedPart& part);
Result<PricedTraining> training_prices(const Workspace& workspace, const StatedScenario& stated,
                                       const Machine& machine);

}  // namespace polyfleet
