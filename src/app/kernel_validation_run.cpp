#include "app/kernel_validation_run.hpp"

#include <fmt/format.h>

#include "app/validation_rows.hpp"
#include "base/csv.hpp"
#include "cost/kernel_validation.hpp"

namespace polyfleet {
namespace {

PredictedRow predicted_row(const KernelPrediction& row) {
  PredictedRow predicted{.id = row.id,
                         .source = row.source,
                         .vendor = row.vendor,
                         .accelerator = row.accelerator,
                         .model = row.op + ' ' + row.variant,
                         .measured = row.measured_us,
                         .predicted = row.predicted_us};
  set_interval(predicted, row.sigma);
  return predicted;
}

std::string rows_csv(const std::vector<KernelPrediction>& rows) {
  std::string text =
      "id,source,vendor,accelerator,op,variant,measured_us,predicted_us,error,sigma\n";
  for (const KernelPrediction& row : rows)
    text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", csv_cell(row.id), csv_cell(row.source),
                        csv_cell(row.vendor), csv_cell(row.accelerator), csv_cell(row.op),
                        csv_cell(row.variant), row.measured_us, row.predicted_us,
                        row.predicted_us / row.measured_us - 1, row.sigma);
  return text;
}

void set_errors(Value& json, const KernelErrorSummary& errors) {
  json.set("rows", errors.rows);
  json.set("predicted", errors.rows);
  json.set("median_ape", errors.median_ape);
  json.set("p90_ape", errors.p90_ape);
  json.set("median_bias", errors.median_bias);
  json.set("coverage80", errors.coverage80);
}

/// One level of the cross-validation: vendors, accelerators or variants.
ValidationTable table_of(std::string key, const std::string& title,
                         const std::vector<KernelErrors>& lines) {
  const auto percent = [](double share) { return fmt::format("{:.1f}", 100 * share); };
  ValidationTable made{std::move(key),
                       TextTable({title, "operator", "variant", "rows", "median % by shape",
                                  "p90 %", "bias %", "in interval %", "median % by family"}),
                       Value(Array{})};
  for (const KernelErrors& line : lines) {
    const std::string name = line.accelerator.empty() ? line.vendor : line.accelerator;
    made.table.row({name, line.op, line.variant, fmt::format("{}", line.by_shape.rows),
                    percent(line.by_shape.median_ape), percent(line.by_shape.p90_ape),
                    fmt::format("{:+.1f}", 100 * line.by_shape.median_bias),
                    percent(line.by_shape.coverage80), percent(line.by_family.median_ape)});
    Value one{Table{}};
    one.set("vendor", line.vendor);
    one.set("accelerator", line.accelerator);
    one.set("operator", line.op);
    one.set("variant", line.variant);
    set_errors(one, line.by_shape);
    one.set("median_ape_by_family", line.by_family.median_ape);
    one.set("median_ape_of_form", line.form_median_ape);
    made.json.push(std::move(one));
  }
  return made;
}

Result<std::vector<Accelerator>> all_accelerators(const Catalogue& catalogue) {
  std::vector<Accelerator> all;
  for (const std::string& id : catalogue.ids(Shelf::hardware)) {
    Result<Accelerator> part = catalogue.accelerator(id);
    if (!part) return part.problems();
    all.push_back(*std::move(part));
  }
  return all;
}

}  // namespace

Result<ValidationAnswer> run_kernel_validation(Workspace& workspace,
                                               const ValidationRequest& request) {
  const std::filesystem::path path = request.data.empty()
                                         ? workspace.validation_directory() / "microbench.csv"
                                         : std::filesystem::path(request.data);
  const Result<KernelFileValidation> file = validate_kernel_file(
      path, [&](const std::string& name) { return workspace.catalogue().accelerator(name); },
      workspace.data_directory());
  if (!file) return file.problems();
  ValidationAnswer answer;
  ValidationReport& report = answer.report;
  report.title = "kernels (published microbenchmarks)";
  report.unit = "us";
  for (const KernelPrediction& row : file->rows) report.predictions.push_back(predicted_row(row));
  for (const auto& [reason, count] : file->skipped) {
    const bool is_other =
        reason.starts_with("operator ") || reason.find("not a kernel") != std::string::npos;
    count_unpredicted(report, reason, count, is_other);
  }
  report.remark = "The column model holds the operator.";
  answer.rows_csv = rows_csv(file->rows);
  if (!request.data.empty()) return answer;
  if (request.stop != nullptr && request.stop->load())
    return problem("stopped before the measured tables were cross-validated",
                   "let it run, or give --data for the rows of one file");
  const Result<std::vector<Accelerator>> parts = all_accelerators(workspace.catalogue());
  if (!parts) return parts.problems();
  const Result<KernelValidation> tables = validate_kernels(*parts, workspace.data_directory());
  if (!tables) return tables.problems();
  report.more.push_back(table_of("tables_by_vendor", "tables of", tables->vendors));
  report.more.push_back(table_of("tables_by_accelerator", "tables of", tables->accelerators));
  report.more.push_back(table_of("tables_by_variant", "tables of", tables->variants));
  return answer;
}

}  // namespace polyfleet
