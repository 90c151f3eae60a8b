// What a scenario leaves open, filled with the framework's documented default at that date: the
// same profiles and the same code that read published rows (validation/row_settings.hpp), so that a
// user's estimate and a validation row mean the same thing. Every choice made is listed as an
// assumption.
#pragma once

#include <string>
#include <vector>

#include "app/scenario_document.hpp"
#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "training/scenario.hpp"
#include "validation/knowledge.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// A plan with nothing left open except what depends on the device count, and why.
struct FilledPlan {
  TrainingPlan plan;
  std::string framework;     ///< profile id; empty = none
  std::string release_date;  ///< as stated
  std::vector<Assumption> assumptions;
};

/// Errors: an unknown framework, precision recipe or release date. `stated_scenario` is the
/// document read over an empty plan; `document` tells which keys were stated.
Result<FilledPlan> filled_plan(const MappingTables& tables, const Value& document,
                               const StatedScenario& stated_scenario, const ModelSpec& model,
                               const Accelerator& accelerator);

}  // namespace polyfleet
