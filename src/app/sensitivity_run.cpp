#include "app/sensitivity_run.hpp"

namespace polyfleet {

Result<Sensitivity> run_sensitivity(Workspace& workspace, const ResolvedTraining& resolved,
                                    bool strict) {
  const Result<const TrainingModels*> models = workspace.training_models();
  if (!models) return models.problems();
  const Result<UncertaintyTable> uncertainties = UncertaintyTable::load(workspace.data_directory());
  if (!uncertainties) return uncertainties.problems();
  return sensitivity_of({.scenario = &resolved.scenario,
                         .machine = resolved.machine,
                         .models = *models,
                         .uncertainties = &*uncertainties,
                         .strict = strict,
                         .data_directory = workspace.data_directory()});
}

}  // namespace polyfleet
