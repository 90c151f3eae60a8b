#include "report/validation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace polyfleet {
namespace {

using Groups = std::map<std::string, ErrorSummary>;

struct Grouping {
  std::string key;    ///< "by_vendor"
  std::string title;  ///< "vendor"
  Groups ValidationSummary::*groups;
};

const std::vector<Grouping>& groupings() {
  static const std::vector<Grouping> list{
      {"by_vendor", "vendor", &ValidationSummary::by_vendor},
      {"by_accelerator", "accelerator", &ValidationSummary::by_accelerator},
      {"by_source", "source", &ValidationSummary::by_source},
      {"by_model", "model", &ValidationSummary::by_model}};
  return list;
}

void set_errors(Value& json, const ErrorSummary& errors, bool has_intervals) {
  const auto figure = [&](double value) { return errors.predicted > 0 ? Value(value) : Value(); };
  json.set("rows", errors.rows);
  json.set("predicted", errors.predicted);
  json.set("median_ape", figure(errors.median_ape));
  json.set("p90_ape", figure(errors.p90_ape));
  json.set("median_bias", figure(errors.median_bias));
  json.set("coverage80", has_intervals ? figure(errors.coverage80) : Value());
}

std::string percent_number(double share) { return fmt::format("{:.1f}", 100 * share); }

std::vector<std::string> cells(const std::string& name, const ErrorSummary& errors,
                               bool has_intervals) {
  if (errors.predicted == 0) return {name, fmt::format("{}", errors.rows), "0", "-", "-", "-", "-"};
  return {name,
          fmt::format("{}", errors.rows),
          fmt::format("{}", errors.predicted),
          percent_number(errors.median_ape),
          percent_number(errors.p90_ape),
          fmt::format("{:+.1f}", 100 * errors.median_bias),
          has_intervals ? percent_number(errors.coverage80) : "-"};
}

std::string skipped_table(const ValidationSummary& summary, PageStyle style) {
  if (summary.skipped.empty()) return "skipped: none\n";
  std::vector<std::pair<std::size_t, std::string>> reasons;
  for (const auto& [reason, count] : summary.skipped) reasons.emplace_back(count, reason);
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  TextTable table({"skipped", "because"});
  for (const auto& [count, reason] : reasons) table.row({fmt::format("{}", count), reason});
  return table.text(style);
}

std::string worst_table(const ValidationReport& report, PageStyle style, std::size_t worst) {
  std::vector<const PredictedRow*> order;
  for (const PredictedRow& row : report.predictions) order.push_back(&row);
  const auto size = [](const PredictedRow* row) { return std::abs(row->error()); };
  std::stable_sort(order.begin(), order.end(),
                   [&](const auto* a, const auto* b) { return size(a) > size(b); });
  if (order.size() > worst) order.resize(worst);
  TextTable table({"worst rows", "measured " + report.unit, "predicted " + report.unit, "error %"});
  for (const PredictedRow* row : order)
    table.row({row->id, fmt::format("{:.4g}", row->measured), fmt::format("{:.4g}", row->predicted),
               fmt::format("{:+.1f}", 100 * row->error())});
  return table.text(style);
}

/// A source with more rows than this share of all would alone set every row-wise figure.
constexpr double kDominantShare = 1.0 / 3;

/// The errors of all rows but those of the dominant source.
struct WithoutDominant {
  std::string source;  ///< empty: no source dominates
  ErrorSummary errors;
};

WithoutDominant without_dominant(const ValidationReport& report, const ValidationSummary& summary) {
  WithoutDominant without;
  for (const auto& [source, errors] : summary.by_source) {
    const bool dominates = static_cast<double>(errors.rows) >
                           kDominantShare * static_cast<double>(summary.overall.rows);
    if (dominates && summary.by_source.size() > 2) without.source = source;
  }
  if (without.source.empty()) return without;
  std::vector<PredictedRow> others;
  for (const PredictedRow& row : report.predictions) {
    if (row.source != without.source) others.push_back(row);
  }
  const std::size_t rows = summary.overall.rows - summary.by_source.at(without.source).rows;
  without.errors = summarise(others, rows);
  return without;
}

std::string coverage_text(const ValidationReport& report, const ErrorSummary& errors) {
  if (!report.has_intervals) return "";
  return fmt::format("; {} % of measurements inside their 80 % interval",
                     percent_number(errors.coverage80));
}

std::string summary_line(const ValidationReport& report, const ValidationSummary& summary) {
  const ErrorSummary& all = summary.overall;
  if (all.predicted == 0)
    return fmt::format("{}: none of {} rows could be predicted\n", report.title, all.rows);
  std::string text = fmt::format(
      "{}: {} of {} rows predicted; error median {} %, p90 {} %, bias {:+.1f} %, median over "
      "sources "
      "{} %{}\n",
      report.title, all.predicted, all.rows, percent_number(all.median_ape),
      percent_number(all.p90_ape), 100 * all.median_bias, percent_number(summary.source_median_ape),
      coverage_text(report, all));
  const WithoutDominant without = without_dominant(report, summary);
  if (without.source.empty()) return text;
  const ErrorSummary& rest = without.errors;
  return text + fmt::format(
                    "  without {} (one source, {} rows): error median {} %, p90 {} %, bias "
                    "{:+.1f} %{}\n",
                    without.source, summary.by_source.at(without.source).rows,
                    percent_number(rest.median_ape), percent_number(rest.p90_ape),
                    100 * rest.median_bias, coverage_text(report, rest));
}

}  // namespace

Value validation_json(const ValidationReport& report) {
  const ValidationSummary summary = summarise_all(report.predictions, report.skipped);
  Value json{Table{}};
  json.set("title", report.title);
  Value overall{Table{}};
  set_errors(overall, summary.overall, report.has_intervals);
  overall.set("source_median_ape",
              summary.overall.predicted > 0 ? Value(summary.source_median_ape) : Value());
  for (const auto& [key, value] : *overall.table()) json.set(key, value);
  json.set("overall", std::move(overall));
  if (const WithoutDominant without = without_dominant(report, summary); !without.source.empty()) {
    Value rest{Table{}};
    rest.set("left_out", without.source);
    set_errors(rest, without.errors, report.has_intervals);
    json.set("without_dominant_source", std::move(rest));
  }
  for (const Grouping& grouping : groupings()) {
    Value groups{Table{}};
    for (const auto& [name, errors] : summary.*grouping.groups) {
      Value one{Table{}};
      set_errors(one, errors, report.has_intervals);
      groups.set(name, std::move(one));
    }
    json.set(grouping.key, std::move(groups));
  }
  Value skipped{Array{}};
  for (const auto& [reason, count] : summary.skipped) {
    Value one{Table{}};
    one.set("reason", reason);
    one.set("count", count);
    skipped.push(std::move(one));
  }
  json.set("skipped", std::move(skipped));
  if (!report.other_rows.empty()) {
    Value others{Array{}};
    for (const auto& [reason, count] : report.other_rows) {
      Value one{Table{}};
      one.set("reason", reason);
      one.set("count", count);
      others.push(std::move(one));
    }
    json.set("other_rows", std::move(others));
  }
  for (const ValidationTable& table : report.more) json.set(table.key, table.json);
  if (!report.remark.empty()) json.set("remark", report.remark);
  if (report.interrupted) json.set("interrupted", true);
  return json;
}

std::string validation_interrupted_text(const ValidationReport& report) {
  if (!report.interrupted) return {};
  return fmt::format("INTERRUPTED: errors are of the {} of {} rows that were predicted before",
                     report.predictions.size(), report.predictions.size() + report.skipped.size());
}

std::string validation_summary(const ValidationReport& report) {
  return summary_line(report, summarise_all(report.predictions, report.skipped));
}

std::string validation_text(const ValidationReport& report, PageStyle style, std::size_t worst) {
  const ValidationSummary summary = summarise_all(report.predictions, report.skipped);
  std::string text = summary_line(report, summary);
  if (report.interrupted) text += validation_interrupted_text(report) + '\n';
  for (const Grouping& grouping : groupings()) {
    TextTable table(
        {grouping.title, "rows", "predicted", "median %", "p90 %", "bias %", "in interval %"});
    for (const auto& [name, errors] : summary.*grouping.groups)
      table.row(cells(name, errors, report.has_intervals));
    table.rule();
    table.row(cells("all", summary.overall, report.has_intervals));
    text += '\n' + table.text(style);
  }
  text += '\n' + skipped_table(summary, style);
  if (!report.predictions.empty()) text += '\n' + worst_table(report, style, worst);
  if (!report.other_rows.empty()) {
    text += "\nrows of the file that ask for something else:\n";
    TextTable others({"rows", "what"});
    for (const auto& [reason, count] : report.other_rows)
      others.row({fmt::format("{}", count), reason});
    text += others.text(style);
  }
  for (const ValidationTable& table : report.more) text += '\n' + table.table.text(style);
  if (!report.remark.empty()) text += '\n' + report.remark + '\n';
  return text;
}

}  // namespace polyfleet
