#include "app/validation_run.hpp"

#include <fmt/format.h>

#include "app/kernel_validation_run.hpp"
#include "app/memory_validation_run.hpp"
#include "app/validation_rows.hpp"
#include "base/csv.hpp"
#include "base/files.hpp"
#include "base/spelling.hpp"
#include "cost/collective_validation.hpp"
#include "validation/train_rows_csv.hpp"
#include "validation/train_validation.hpp"

namespace polyfleet {
namespace {

ValidationSplit split_named(const std::string& name) {
  if (name == "train") return ValidationSplit::train;
  if (name == "test") return ValidationSplit::test;
  return ValidationSplit::all;
}

std::string table_path(const Workspace& workspace, const ValidationRequest& request,
                       std::string_view shipped) {
  return request.data.empty() ? (workspace.validation_directory() / shipped).string()
                              : request.data;
}

Result<ValidationAnswer> train(Workspace& workspace, const ValidationRequest& request) {
  const std::string path = table_path(workspace, request, "training.csv");
  const Result<std::string> table = read_file(path);
  if (!table) return table.problems();
  const Result<const TrainingModels*> models = workspace.training_models();
  if (!models) return models.problems();
  const Result<TrainValidation> result = validate_train(*table, path, workspace.catalogue(),
                                                        **models, workspace.validation_directory(),
                                                        {.strict = request.strict,
                                                         .split = split_named(request.split),
                                                         .progress = request.progress,
                                                         .stop = request.stop});
  if (!result) return result.problems();
  ValidationAnswer answer;
  answer.report.title = fmt::format("training steps ({}, {} sources)",
                                    request.strict ? "strict" : "default", request.split);
  answer.report.unit = "s";
  answer.report.predictions = result->predictions();
  answer.report.skipped = result->skipped;
  if (result->interrupted) {
    if (const Diagnostics none = mark_interrupted(answer.report); !none.empty()) return none;
  }
  answer.rows_csv = train_rows_csv(*result);
  return answer;
}

PredictedRow predicted_row(const CollectiveRow& row) {
  PredictedRow predicted{.id = row.id,
                         .source = row.source,
                         .vendor = row.vendor,
                         .accelerator = row.accelerator,
                         .model = row.op,
                         .measured = row.measured,
                         .predicted = row.predicted,
                         .quantity = row.op,
                         .unit = row.unit};
  set_interval(predicted, row.sigma);
  return predicted;
}

std::string collective_rows_csv(const CollectiveValidation& validation) {
  std::string text =
      "id,source,vendor,accelerator,op,library,ranks,bytes,unit,measured,predicted,error,sigma,"
      "fidelity,algorithm\n";
  for (const CollectiveRow& row : validation.rows)
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_cell(row.id),
                        csv_cell(row.source), csv_cell(row.vendor), csv_cell(row.accelerator),
                        csv_cell(row.op), csv_cell(row.library), row.ranks, row.bytes,
                        csv_cell(row.unit), row.measured, row.predicted, row.bias(), row.sigma,
                        name_of(row.fidelity), csv_cell(row.algorithm));
  return text;
}

Result<Network> network_named(const Workspace& workspace, std::string_view name) {
  const Result<Accelerator> part = workspace.catalogue().accelerator(name);
  if (!part) return part.problems();
  const Result<System> system = workspace.catalogue().system(part->id);
  return network_of(*part, system ? &*system : nullptr);
}

Result<ValidationAnswer> collectives(Workspace& workspace, const ValidationRequest& request) {
  const std::string path = table_path(workspace, request, "microbench.csv");
  const Result<std::string> text = read_file(path);
  if (!text) return text.problems();
  const Result<CsvTable> table = CsvTable::parse(*text, path);
  if (!table) return table.problems();
  const Result<CollectiveData> data = CollectiveData::load(workspace.data_directory());
  if (!data) return data.problems();
  const Result<CollectiveValidation> result = validate_collectives(
      *table, *data, [&](std::string_view name) { return network_named(workspace, name); });
  if (!result) return result.problems();
  ValidationAnswer answer;
  answer.report.title = "collectives (each row's message size left out of the tables)";
  for (const CollectiveRow& row : result->rows)
    answer.report.predictions.push_back(predicted_row(row));
  for (const auto& [reason, count] : result->skipped) {
    const bool is_other = reason.starts_with("not between accelerators") ||
                          reason.starts_with("between one accelerator");
    count_unpredicted(answer.report, reason, static_cast<std::size_t>(count), is_other);
  }
  answer.report.remark = "The column model holds the operation.";
  answer.rows_csv = collective_rows_csv(*result);
  return answer;
}

}  // namespace

Diagnostic stopped_validation() {
  return problem("stopped before a row was predicted", "let it run: errors of no row say nothing");
}

Diagnostics mark_interrupted(ValidationReport& report) {
  if (report.predictions.empty()) return {stopped_validation()};
  report.interrupted = true;
  return {};
}

Result<ValidationAnswer> run_validation(Workspace& workspace, const ValidationRequest& request) {
  if (request.stop != nullptr && request.stop->load()) return stopped_validation();
  if (request.what == "train") return train(workspace, request);
  if (request.what == "kernels") return run_kernel_validation(workspace, request);
  if (request.what == "memory") return run_memory_validation(workspace, request);
  if (request.what == "collectives") return collectives(workspace, request);
  return problem("unknown validation '" + request.what + "'",
                 name_suggestion(request.what, {"train", "collectives", "kernels", "memory"}));
}

}  // namespace polyfleet
