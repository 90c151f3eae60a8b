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

Result<std::vector<MovedInput>> run_plan_sensitivity(const Workspace& workspace, const PlanRun& run,
                                                     const SearchControl& control) {
  const Result<UncertaintyTable> uncertainties = UncertaintyTable::load(workspace.data_directory());
  if (!uncertainties) return uncertainties.problems();
  return plan_sensitivity({.search = &run.search,
                           .best = &run.result.best.front(),
                           .uncertainties = &*uncertainties,
                           .data_directory = workspace.data_directory()},
                          control);
}

}  // namespace polyfleet
