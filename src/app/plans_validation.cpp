#include "app/plans_validation.hpp"

#include <algorithm>
#include <thread>

#include "base/files.hpp"

namespace polyfleet {

Result<PlanValidation> run_plans_validation(Workspace& workspace, const PlansRequest& request) {
  const std::string path = request.data.empty()
                               ? (workspace.validation_directory() / "training.csv").string()
                               : request.data;
  const Result<std::string> table = read_file(path);
  if (!table) return table.problems();
  const Result<const TrainingModels*> models = workspace.training_models();
  if (!models) return models.problems();
  return validate_plans(*table, path, workspace.catalogue(), **models,
                        workspace.validation_directory(),
                        {.strict = request.strict,
                         .limit = request.limit,
                         .sample = kStandingSample,
                         .threads = std::max(1u, std::thread::hardware_concurrency()),
                         .progress = request.progress,
                         .stop = request.stop});
}

}  // namespace polyfleet
