#include <fmt/format.h>

#include "base/csv.hpp"
#include "validation/serve_validation.hpp"

namespace polyfleet {
namespace {

std::string text_of(const std::vector<Assumption>& assumptions) {
  std::string text;
  for (const Assumption& assumption : assumptions) {
    text += fmt::format("{}{}={} ({})", text.empty() ? "" : "; ", assumption.setting,
                        assumption.value, assumption.basis);
  }
  return text;
}

}  // namespace

std::string serve_rows_csv(const ServeValidation& validation) {
  std::string csv =
      "id,configuration,source,harness,vendor,accelerator,model,engine,kind,metric,date,"
      "in_fit_half,measured,predicted,low,high,error,log_sigma,assumptions,skipped\n";
  for (const ServeRowResult& row : validation.rows) {
    const PredictedRow& p = row.prediction;
    csv += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.5f},{:.4g},{},\n",
        csv_cell(p.id), csv_cell(row.configuration), csv_cell(p.source), csv_cell(row.harness),
        csv_cell(p.vendor), csv_cell(p.accelerator), csv_cell(p.model), row.engine,
        name_of(row.kind), csv_cell(row.metric), csv_cell(row.date), row.in_fit_half, p.measured,
        p.predicted, p.low, p.high, p.error(), row.log_sigma, csv_cell(text_of(row.assumptions)));
  }
  for (const ServeSkippedRow& skipped : validation.skipped) {
    const SkippedRow& row = skipped.row;
    csv += fmt::format("{},,{},{},{},{},{},{},{},{},,,,,,,,,,{}\n", csv_cell(row.id),
                       csv_cell(row.source), csv_cell(skipped.harness), csv_cell(row.vendor),
                       csv_cell(row.accelerator), csv_cell(row.model), skipped.engine,
                       name_of(skipped.kind), csv_cell(skipped.metric), csv_cell(row.reason));
  }
  return csv;
}

}  // namespace polyfleet
