// The inputs of a training estimate that a sensitivity varies. Internal to the planner room.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "planner/sensitivity.hpp"

namespace polyfleet {

/// A question with some of its inputs moved.
struct Variation {
  PartInSystem changed;
  CostScaling scaling;
  TrainingPlan plan;
};

struct VariedInput {
  SensitivityInput input;  ///< without elasticity
  /// Multiplies the input by a factor; of a share: adds to it.
  std::function<void(Variation&, double)> move;
  double at = 0;         ///< of a share: where it stands
  std::string after;     ///< key of UncertaintyTable::after; empty = no measurement is offered
  std::string measured;  ///< which measurement, in words
};

/// Everything that may matter to this question, with what it is known to.
std::vector<VariedInput> varied_inputs(const SensitivityQuestion& question,
                                       const std::array<CostShare, kCostClassCount>& shares);

}  // namespace polyfleet
