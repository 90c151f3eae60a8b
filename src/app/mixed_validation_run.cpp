#include "app/mixed_validation_run.hpp"

#include "base/files.hpp"

namespace polyfleet {

Result<MixedValidation> run_mixed_validation(Workspace& workspace,
                                             const ValidationRequest& request) {
  const std::string path = request.data.empty()
                               ? (workspace.validation_directory() / "heterogeneous.csv").string()
                               : request.data;
  const Result<std::string> text = read_file(path);
  if (!text) return text.problems();
  const Result<const TrainingModels*> models = workspace.training_models();
  if (!models) return models.problems();
  return validate_mixed(*text, path, workspace.catalogue(), **models,
                        workspace.validation_directory(), {.strict = request.strict});
}

}  // namespace polyfleet
