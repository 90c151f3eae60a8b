#include "app/training_run.hpp"

#include "app/fit_advice.hpp"

namespace polyfleet {

Result<TrainingRun> run_training(Workspace& workspace, ResolvedTraining resolved, bool strict) {
  const Result<const TrainingModels*> models = workspace.training_models();
  if (!models) return models.problems();
  TrainingRun run;
  run.resolved = std::move(resolved);
  run.strict = strict;
  run.estimate = estimate_training(run.resolved.scenario, *run.resolved.machine, **models,
                                   run.resolved.prices, {.software_maturity = !strict});
  if (!run.estimate.fits_in_memory)
    run.would_fit = changes_that_fit(run.resolved, **models, run.estimate.time);
  return run;
}

}  // namespace polyfleet
