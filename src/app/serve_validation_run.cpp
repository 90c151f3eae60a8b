#include "app/serve_validation_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/files.hpp"
#include "report/serve_validation_report.hpp"
#include "validation/serve_validation.hpp"

namespace polyfleet {

Result<ValidationAnswer> run_serve_validation(Workspace& workspace,
                                              const ServeValidationRequest& request) {
  const std::string path = request.data.empty()
                               ? (workspace.validation_directory() / "inference.csv").string()
                               : request.data;
  const Result<std::string> table = read_file(path);
  if (!table) return table.problems();
  ServeValidationOptions options;
  options.strict = request.strict;
  options.threads =
      request.threads > 0 ? request.threads : std::max(1U, std::thread::hardware_concurrency());
  options.progress = request.progress;
  options.stop = request.stop;
  if (request.split == "train") options.split = ValidationSplit::train;
  if (request.split == "test") options.split = ValidationSplit::test;
  const Result<ServeValidation> result = validate_serve(*table, path, workspace.catalogue(),
                                                        workspace.validation_directory(), options);
  if (!result) return result.problems();
  ValidationAnswer answer;
  answer.report = serve_validation_report(
      *result, fmt::format("serving ({}, {} sources)", request.strict ? "strict" : "default",
                           request.split));
  if (result->interrupted) {
    if (const Diagnostics none = mark_interrupted(answer.report); !none.empty()) return none;
  }
  answer.rows_csv = serve_rows_csv(*result);
  return answer;
}

Result<std::vector<RequestRun>> run_request_validation(Workspace& workspace,
                                                       const std::string& traces) {
  return validate_requests(
      workspace.catalogue(), workspace.validation_directory(),
      traces.empty() ? workspace.data_directory() / "traces" : std::filesystem::path(traces));
}

}  // namespace polyfleet
