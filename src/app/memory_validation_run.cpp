#include "app/memory_validation_run.hpp"

#include <fmt/format.h>

#include "base/csv.hpp"
#include "training/memory_footprints.hpp"

namespace polyfleet {

Result<ValidationAnswer> run_memory_validation(Workspace& workspace,
                                               const ValidationRequest& request) {
  const std::filesystem::path path = request.data.empty()
                                         ? workspace.data_directory() / "memory/footprints.csv"
                                         : std::filesystem::path(request.data);
  const Result<std::vector<MemoryFootprint>> footprints = read_footprints(path);
  if (!footprints) return footprints.problems();
  const Result<std::vector<FootprintPrediction>> rows =
      predict_footprints(*footprints, workspace.data_directory());
  if (!rows) return rows.problems();
  ValidationAnswer answer;
  ValidationReport& report = answer.report;
  report.title = "memory of the fullest device";
  report.unit = "GB";
  report.has_intervals = false;
  report.remark = "The column accelerator holds the framework.";
  answer.rows_csv = "id,source,vendor,framework,measured_bytes,predicted_bytes,error,excluded\n";
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const FootprintPrediction& row = (*rows)[i];
    const MemoryFootprint& footprint = (*footprints)[i];
    const std::string vendor = footprint.vendor.substr(0, footprint.vendor.find(' '));
    const std::string model =
        fmt::format("{} layers of {}", footprint.model.layers, footprint.model.hidden);
    const std::string framework =
        footprint.framework.empty() ? "(not stated)" : footprint.framework;
    answer.rows_csv +=
        fmt::format("{},{},{},{},{},{},{},{}\n", csv_cell(row.id), csv_cell(row.source),
                    csv_cell(footprint.vendor), csv_cell(footprint.framework), row.measured / byte,
                    row.predicted / byte, row.error(), csv_cell(row.excluded));
    if (row.excluded.empty()) {
      report.predictions.push_back({.id = row.id,
                                    .source = row.source,
                                    .vendor = vendor,
                                    .accelerator = framework,
                                    .model = model,
                                    .measured = row.measured / gigabyte,
                                    .predicted = row.predicted / gigabyte});
    } else {
      report.skipped.push_back({row.id, row.source, vendor, framework, model, row.excluded});
    }
  }
  return answer;
}

}  // namespace polyfleet
