#include "validation/fleet_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "config/list_reader.hpp"
#include "validation/fleet_case_values.hpp"

namespace polyfleet {
namespace {

const FieldTable<FleetCaseFigure>& figure_fields() {
  using F = FleetCaseFigure;
  static const FieldTable<F> fields{
      required(text_field("case", &F::id, "id of the case")),
      required(text_field("name", &F::name, "what the figure is")),
      choice_field("rule", &F::rule,
                   {{"equal", FleetCaseRule::equal},
                    {"at least", FleetCaseRule::at_least},
                    {"at most", FleetCaseRule::at_most},
                    {"reported", FleetCaseRule::reported}},
                   "how it is compared"),
      required(number_field("expected", &F::expected, {}, "the independent figure")),
      required(text_field("unit", &F::unit, "of the figure")),
      number_field("tolerance", &F::tolerance, {0, 1}, "relative, of rule \"equal\""),
      required(text_field("source", &F::source, "where it stands")),
      text_field("note", &F::note, "what to know about it"),
  };
  return fields;
}

/// Gives every figure its value. Precondition of a clean answer: both sides name the same.
Diagnostics match(std::vector<FleetCaseFigure>& figures, FleetCaseValues values,
                  const Value& document) {
  Diagnostics problems;
  for (FleetCaseFigure& figure : figures) {
    const auto found = values.find({figure.id, figure.name});
    if (found == values.end()) {
      problems.push_back(problem_at(
          document.where(), fmt::format("nothing computes {} '{}'", figure.id, figure.name)));
      continue;
    }
    figure.computed = found->second;
    values.erase(found);
  }
  for (const auto& [key, unused] : values)
    problems.push_back(problem_at(
        document.where(), fmt::format("no figure of {} is named '{}'", key.first, key.second)));
  return problems;
}

}  // namespace

bool FleetCaseFigure::within() const {
  switch (rule) {
    case FleetCaseRule::equal:
      return std::abs(difference()) <= tolerance;
    case FleetCaseRule::at_least:
      return computed >= expected;
    case FleetCaseRule::at_most:
      return computed <= expected;
    case FleetCaseRule::reported:
      return true;
  }
  return false;
}

int FleetCases::missed() const {
  return static_cast<int>(std::count_if(figures.begin(), figures.end(),
                                        [](const FleetCaseFigure& f) { return !f.within(); }));
}

Result<FleetCases> run_fleet_cases(const FleetCaseFolders& folders, const FleetCaseWatch& watch) {
  const Result<Value> document = read_document((folders.validation / "fleet_cases.toml").string());
  if (!document) return document.problems();
  Diagnostics problems;
  FleetCases cases;
  cases.figures = read_list(*document, "figure", figure_fields(), problems);
  if (!problems.empty()) return problems;
  FleetCaseValues values;
  const std::array groups{add_reliability_cases, add_job_cases, add_power_cases};
  int done = 0;
  for (const auto add : groups) {
    if (watch.stop != nullptr && watch.stop->load())
      return problem("stopped before every case of fleets was computed",
                     "let it run: it takes some seconds");
    if (watch.progress) watch.progress(done++ / static_cast<double>(groups.size()));
    for (Diagnostic& each : add(folders, values)) problems.push_back(std::move(each));
  }
  if (!problems.empty()) return problems;
  add_capital_cases(values);
  problems = match(cases.figures, std::move(values), *document);
  if (!problems.empty()) return problems;
  return cases;
}

}  // namespace polyfleet
