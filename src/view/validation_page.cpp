#include "view/validation_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/plain_units.hpp"
#include "view/validation_figures.hpp"

namespace polyfleet {
namespace {

std::vector<PageFact> facts_of(const ValidationReport& report, const ValidationSummary& summary) {
  const ErrorSummary& all = summary.overall;
  std::vector<PageFact> facts{{"rows predicted", fmt::format("{} of {}", all.predicted, all.rows),
                               "the others are listed with their reason"}};
  if (all.predicted == 0) return facts;
  facts.push_back({"median error", percent_text(all.median_ape), "half of the rows are closer"});
  facts.push_back({"90th percentile", percent_text(all.p90_ape), "nine of ten rows are closer"});
  facts.push_back({"median bias", fmt::format("{:+.1f} %", 100 * all.median_bias),
                   "above zero: predicted too high"});
  if (report.has_intervals)
    facts.push_back({"inside 80 % interval", percent_text(all.coverage80), "80 % would be right"});
  facts.push_back({"median over sources", percent_text(summary.source_median_ape),
                   fmt::format("one vote for each of {} sources", summary.by_source.size())});
  return facts;
}

/// A table of several quantities has a figure for each, one of a single quantity one for each
/// vendor.
FigureSection predicted_section(const ValidationReport& report, const RowSources& sources) {
  std::set<std::string> quantities;
  std::map<std::string, PredictedRows> parts;
  for (const PredictedRow& row : report.predictions) quantities.insert(row.quantity + row.unit);
  const bool several = quantities.size() > 1;
  for (const PredictedRow& row : report.predictions) {
    const std::string unit = row.unit.empty() ? "" : " (" + row.unit + ")";
    const std::string name = several ? row.quantity + unit : row.vendor;
    parts[name.empty() ? "not stated" : name].push_back(&row);
  }
  std::vector<std::pair<std::string, PredictedRows>> sorted(parts.begin(), parts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  FigureSection section{"Predicted against measured", {}};
  std::set<std::string> ids;
  for (auto& [name, rows] : sorted) {
    std::string id = "predicted_" + anchor_of(name);
    while (!ids.insert(id).second) id += "_";
    section.figures.push_back(predicted_figure(id, "Predicted against measured: " + name,
                                               std::move(rows), report, sources, several));
  }
  return section;
}

FigureSection error_section(const ValidationReport& report, const ValidationSummary& summary,
                            const RowSources& sources) {
  PredictedRows rows;
  for (const PredictedRow& row : report.predictions) rows.push_back(&row);
  FigureSection section{"Errors", {}};
  section.figures = {
      error_curve(rows), error_bars("by_vendor", "vendor", summary.by_vendor, report.has_intervals),
      error_bars("by_accelerator", "accelerator", summary.by_accelerator, report.has_intervals),
      source_points(summary.by_source, report.has_intervals, sources, report)};
  if (report.has_intervals) section.figures.push_back(coverage_bars(summary.by_accelerator));
  return section;
}

FigureSection further_section(const ValidationReport& report) {
  FigureSection section{"Further groups", {}};
  for (const ValidationTable& table : report.more) {
    std::string title = table.key;
    std::replace(title.begin(), title.end(), '_', ' ');
    title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    section.figures.push_back(table_figure("more_" + anchor_of(table.key), title, table.json));
  }
  return section;
}

}  // namespace

FigurePage validation_page(const ValidationReport& report, const RowSources& sources) {
  const ValidationSummary summary = summarise_all(report.predictions, report.skipped);
  FigurePage page{.title = "Predictions against published measurements: " + report.title,
                  .subtitle = "How far are predictions from what others measured?"};
  page.facts = facts_of(report, summary);
  if (report.interrupted) page.notices.push_back(validation_interrupted_text(report) + ".");
  if (!report.remark.empty()) page.notices.push_back(report.remark);
  if (!report.skipped.empty()) {
    page.notices.push_back(
        fmt::format("{} of {} rows could not be predicted; their reasons are "
                    "listed below.",
                    report.skipped.size(), summary.overall.rows));
  }
  if (!report.predictions.empty()) {
    page.sections.push_back(predicted_section(report, sources));
    page.sections.push_back(error_section(report, summary, sources));
    PredictedRows rows;
    for (const PredictedRow& row : report.predictions) rows.push_back(&row);
    page.sections.push_back({"Worst rows", {worst_rows(rows, report, sources)}});
  }
  if (!report.more.empty()) page.sections.push_back(further_section(report));
  if (!report.skipped.empty() || !report.other_rows.empty())
    page.sections.push_back({"Left out", {left_out_rows(report)}});
  return page;
}

}  // namespace polyfleet
