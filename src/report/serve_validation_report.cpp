#include "report/serve_validation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace polyfleet {
namespace {

/// Rows of a validation by any of their properties; skipped ones count in their groups.
using KeyOfRow = std::function<std::string(const ServeRowResult&)>;
using KeyOfSkipped = std::function<std::string(const ServeSkippedRow&)>;
using Summaries = std::map<std::string, ErrorSummary>;

Summaries summaries(const ServeValidation& validation, const KeyOfRow& of_row,
                    const KeyOfSkipped& of_skipped) {
  std::map<std::string, std::vector<PredictedRow>> predicted;
  std::map<std::string, std::size_t> all;
  for (const ServeRowResult& row : validation.rows) {
    predicted[of_row(row)].push_back(row.prediction);
    ++all[of_row(row)];
  }
  for (const ServeSkippedRow& row : validation.skipped) ++all[of_skipped(row)];
  Summaries summaries;
  for (const auto& [key, rows] : all) summaries[key] = summarise(predicted[key], rows);
  return summaries;
}

Value json_of(const ErrorSummary& errors) {
  const auto figure = [&](double value) { return errors.predicted > 0 ? Value(value) : Value(); };
  Value json{Table{}};
  json.set("rows", errors.rows);
  json.set("predicted", errors.predicted);
  json.set("median_ape", figure(errors.median_ape));
  json.set("p90_ape", figure(errors.p90_ape));
  json.set("median_bias", figure(errors.median_bias));
  json.set("coverage80", figure(errors.coverage80));
  return json;
}

std::string bare_percent(double share) { return fmt::format("{:.1f}", 100 * share); }

ValidationTable summary_table(std::string key, const std::string& title, const Summaries& groups) {
  ValidationTable table{
      std::move(key),
      TextTable({title, "rows", "predicted", "median %", "p90 %", "bias %", "in interval %"}),
      Value{Table{}}};
  for (const auto& [name, errors] : groups) {
    table.json.set(name, json_of(errors));
    if (errors.predicted == 0) {
      table.table.row({name, fmt::format("{}", errors.rows), "0", "-", "-", "-", "-"});
      continue;
    }
    table.table.row({name, fmt::format("{}", errors.rows), fmt::format("{}", errors.predicted),
                     bare_percent(errors.median_ape), bare_percent(errors.p90_ape),
                     fmt::format("{:+.1f}", 100 * errors.median_bias),
                     bare_percent(errors.coverage80)});
  }
  return table;
}

/// One figure to reach; rows that are reported apart ("ttft (saturated)") are not among them.
struct Goal {
  std::string_view name;
  std::string_view kind, metric, accelerator;  ///< empty = any
  double limit = 0;
};

constexpr Goal kGoals[] = {
    {"plain TPOT", "plain", "tpot", "", 0.08},
    {"plain TPOT, MI355X", "plain", "tpot", "MI355X", 0.06},
    {"plain TPOT, MI300X", "plain", "tpot", "MI300X", 0.12},
    {"plain total throughput", "plain", "total throughput", "", 0.10},
    {"plain TTFT, unsaturated", "plain", "ttft", "", 0.20},
    {"disaggregated TPOT", "disaggregated", "tpot", "", 0.12},
    {"disaggregated throughput", "disaggregated", "total throughput", "", 0.15},
    {"speculative TPOT", "speculative", "tpot", "", 0.12},
    {"offline throughput", "offline", "output throughput", "", 0.12},
};

bool belongs(const ServeRowResult& row, const Goal& goal) {
  return name_of(row.kind) == goal.kind && row.metric == goal.metric &&
         (goal.accelerator.empty() || row.prediction.accelerator == goal.accelerator);
}

void add_goal(ValidationTable& table, const std::string& name, const std::string& limit,
              std::size_t rows, double reached, bool met) {
  table.table.row({name, limit, fmt::format("{}", rows),
                   rows == 0 ? "-" : fmt::format("{:.1f}", 100 * reached),
                   rows == 0 ? "-" : (met ? "yes" : "no")});
  Value json{Table{}};
  json.set("goal", name);
  json.set("limit", limit);
  json.set("rows", rows);
  json.set("reached", rows == 0 ? Value() : Value(reached));
  json.set("met", rows == 0 ? Value() : Value(met));
  table.json.push(std::move(json));
}

/// Bias of each vendor over latencies and throughputs: a throughput counts with its sign turned, so
/// that positive always means too slow.
void add_bias_goals(ValidationTable& table, const ServeValidation& validation) {
  constexpr double kMostBias = 0.05;
  std::map<std::string, std::vector<double>> biases;
  for (const ServeRowResult& row : validation.rows) {
    if (row.metric == "tpot") biases[row.prediction.vendor].push_back(row.prediction.error());
  }
  for (const auto& [vendor, all] : biases) {
    const double bias = median_of(all);
    add_goal(table, "TPOT bias of " + vendor, "-5 to +5 %", all.size(), bias,
             std::abs(bias) <= kMostBias);
  }
}

ValidationTable goals_of(const ServeValidation& validation) {
  ValidationTable table{"goals", TextTable({"goal", "limit", "rows", "reached %", "met"}),
                        Value{Array{}}};
  std::vector<PredictedRow> all;
  for (const ServeRowResult& row : validation.rows) all.push_back(row.prediction);
  const std::size_t rows = all.size() + validation.skipped.size();
  constexpr double kLeastPredicted = 0.85, kLeastCoverage = 0.75, kMostCoverage = 0.85;
  const double share = rows == 0 ? 0 : static_cast<double>(all.size()) / static_cast<double>(rows);
  add_goal(table, "rows predicted", "at least 85 %", rows, share, share >= kLeastPredicted);
  for (const Goal& goal : kGoals) {
    std::vector<PredictedRow> among;
    for (const ServeRowResult& row : validation.rows) {
      if (belongs(row, goal)) among.push_back(row.prediction);
    }
    const ErrorSummary errors = summarise(among, among.size());
    add_goal(table, std::string(goal.name), fmt::format("{:.0f} %", 100 * goal.limit), among.size(),
             errors.median_ape, errors.median_ape <= goal.limit);
  }
  add_bias_goals(table, validation);
  const double coverage = summarise(all, all.size()).coverage80;
  add_goal(table, "coverage of 80 % intervals", "75 to 85 %", all.size(), coverage,
           coverage >= kLeastCoverage && coverage <= kMostCoverage);
  return table;
}

double median_over(const Summaries& groups) {
  std::vector<double> votes;
  for (const auto& [name, errors] : groups) {
    if (errors.predicted > 0) votes.push_back(errors.median_ape);
  }
  return median_of(votes);
}

}  // namespace

ValidationReport serve_validation_report(const ServeValidation& validation, std::string title) {
  ValidationReport report;
  report.title = std::move(title);
  for (const ServeRowResult& row : validation.rows) report.predictions.push_back(row.prediction);
  for (const ServeSkippedRow& row : validation.skipped) report.skipped.push_back(row.row);
  const auto grouped = [&](auto key) { return summaries(validation, key, key); };
  const Summaries harnesses = grouped([](const auto& row) { return row.harness; });
  report.more.push_back(goals_of(validation));
  report.more.push_back(summary_table(
      "by_kind", "kind", grouped([](const auto& row) { return std::string(name_of(row.kind)); })));
  report.more.push_back(
      summary_table("by_metric", "metric", grouped([](const auto& row) { return row.metric; })));
  report.more.push_back(
      summary_table("by_kind_metric", "kind and metric", grouped([](const auto& row) {
                      return fmt::format("{} {}", name_of(row.kind), row.metric);
                    })));
  report.more.push_back(summary_table("by_engine", "engine", grouped([](const auto& row) {
                                        return row.engine.empty() ? std::string("unknown")
                                                                  : row.engine;
                                      })));
  report.more.push_back(summary_table("by_harness", "harness", harnesses));
  report.remark = fmt::format(
      "{} configurations, {} simulated. One vote per harness: median {:.1f} %. Sources of one "
      "harness are no independent confirmation (79 rows of SIL lie within 3 % of a row of IX).",
      validation.configurations, validation.simulated, 100 * median_over(harnesses));
  return report;
}

}  // namespace polyfleet
