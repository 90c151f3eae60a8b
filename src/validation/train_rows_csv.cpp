#include "validation/train_rows_csv.hpp"

#include <fmt/format.h>

#include "base/csv.hpp"

namespace polyfleet {
namespace {

std::string breakdown_cells(const StepBreakdown& where) {
  std::string cells;
  const auto add = [&](Seconds time) { cells += fmt::format(",{:.6g}", time / second); };
  for (const Seconds time : where.compute) add(time);
  add(where.recompute);
  add(where.tensor);
  add(where.context);
  add(where.expert);
  add(where.pipeline);
  add(where.bubble);
  add(where.gradient_reduce);
  add(where.parameter_gather);
  add(where.optimizer);
  add(where.offload);
  add(where.host);
  add(where.software);
  return cells;
}

std::string header() {
  std::string line =
      "id,source,vendor,accelerator,family,model,framework,workload,date,in_fit_half,measured_s,"
      "predicted_s,low_s,high_s,error,maturity,log_sigma,fits_in_memory,assumptions,skipped";
  for (std::size_t i = 0; i < kOpClassCount; ++i)
    line += fmt::format(",{}", name_of(static_cast<OpClass>(i)));
  return line +
         ",recompute,tensor_exposed,context_exposed,expert_exposed,pipeline_exposed,bubble,"
         "gradient_reduce_exposed,parameter_gather_exposed,optimizer_step,offload,host,software\n";
}

std::string assumptions_text(const std::vector<Assumption>& assumptions) {
  std::string text;
  for (const Assumption& assumption : assumptions) {
    text += fmt::format("{}{}={} ({})", text.empty() ? "" : "; ", assumption.setting,
                        assumption.value, assumption.basis);
  }
  return text;
}

}  // namespace

std::string train_rows_csv(const TrainValidation& validation) {
  std::string csv = header();
  for (const TrainRow& row : validation.rows) {
    const Prediction& p = row.prediction;
    csv += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.5f},{:.4g},{:.4g},{},{},",
        csv_cell(p.id), csv_cell(p.source), csv_cell(p.vendor), csv_cell(p.accelerator),
        csv_cell(row.family), csv_cell(p.model), row.framework, row.workload, row.date,
        row.in_fit_half, p.measured, p.predicted, p.low, p.high, p.error(), row.maturity,
        row.log_sigma, row.fits_in_memory, csv_cell(assumptions_text(row.assumptions)));
    csv += breakdown_cells(row.where) + '\n';
  }
  constexpr std::size_t kEmptyCells = kOpClassCount + 12;
  for (const SkippedRow& row : validation.skipped) {
    csv += fmt::format("{},{},{},{},,{},,,,,,,,,,,,,,{}", csv_cell(row.id), csv_cell(row.source),
                       csv_cell(row.vendor), csv_cell(row.accelerator), csv_cell(row.model),
                       csv_cell(row.reason));
    csv.append(kEmptyCells, ',');
    csv += '\n';
  }
  return csv;
}

}  // namespace polyfleet
