// From what a user wrote to a complete training question: model, machine, plan, prices. Defaults
// come from the framework's profile (app/scenario_defaults.hpp) and from the catalogue (prices),
// each one listed; a contradiction is reported at the key that holds it.
#pragma once

#include <string>

#include "app/scenario_document.hpp"
#include "app/workspace.hpp"
#include "base/result.hpp"
#include "training/estimate.hpp"

namespace polyfleet {

/// A scenario ready to be estimated. `machine` lives as long as the workspace.
struct ResolvedTraining {
  TrainingScenario scenario;
  const Machine* machine = nullptr;
  TrainingPrices prices;
};

/// Resolves a document (app/scenario_document.hpp). Every problem found is reported: unknown names
/// with a suggestion, missing keys, degrees that contradict the model or the device count.
Result<ResolvedTraining> resolve_training(Workspace& workspace, const Value& document);

/// Reads a scenario file and resolves it.
Result<ResolvedTraining> read_scenario(Workspace& workspace, const std::string& path,
                                       const std::vector<Setting>& settings = {});

}  // namespace polyfleet
