// A serving plan with its question, as every form of report takes it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/serving_choice.hpp"
#include "planner/serving_search.hpp"
#include "training/estimate.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// The references live as long as their owner.
struct ServingPlanAnswer {
  const std::string& name;
  const ModelSpec& model;
  const ServingPlanQuestion& question;
  const ServingPlanResult& result;
  const CheckedProposals& checked;
  const std::vector<Assumption>& assumptions;
  std::string traffic;  ///< one line: where the requests come from
};

/// The plan to be run: the best verified one that meets the targets, else (none simulated) the best
/// proposed one; nothing where the targets cannot be met.
const ServingPlan* chosen_plan(const ServingPlanAnswer& answer);

}  // namespace polyfleet
