// One training estimate from question to answer: resolve, estimate, and when it does not fit, what
// would. What the command line, the server and the tests call.
#pragma once

#include "app/scenario_resolve.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

struct TrainingRun {
  ResolvedTraining resolved;
  TrainingEstimate estimate;
  std::vector<FittingChange> would_fit;
  bool strict = false;

  /// A view for the reports; valid while this object lives.
  TrainingAnswer answer() const {
    return {resolved.scenario, *resolved.machine, resolved.prices, estimate, strict, would_fit};
  }
};

/// Estimates a resolved scenario. `strict`: without the software-maturity factor.
Result<TrainingRun> run_training(Workspace& workspace, ResolvedTraining resolved, bool strict);

}  // namespace polyfleet
