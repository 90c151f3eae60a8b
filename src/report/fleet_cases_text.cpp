#include "report/fleet_cases_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/csv.hpp"

namespace polyfleet {
namespace {

std::string_view rule_text(FleetCaseRule rule) {
  switch (rule) {
    case FleetCaseRule::equal:
      return "equal";
    case FleetCaseRule::at_least:
      return "at least";
    case FleetCaseRule::at_most:
      return "at most";
    case FleetCaseRule::reported:
      return "reported";
  }
  return "";
}

std::string allowed_text(const FleetCaseFigure& figure) {
  if (figure.rule == FleetCaseRule::equal)
    return fmt::format("within {:.4g} %", 100 * figure.tolerance);
  return std::string(rule_text(figure.rule));
}

/// What rounding leaves counts as none.
std::string difference_text(const FleetCaseFigure& figure) {
  constexpr double kRounding = 1e-12;
  if (figure.expected == 0) return "";
  const double difference = std::abs(figure.difference()) < kRounding ? 0 : figure.difference();
  return fmt::format("{:+.3g} %", 100 * difference);
}

std::string_view verdict(const FleetCaseFigure& figure) {
  if (figure.rule == FleetCaseRule::reported) return "-";
  return figure.within() ? "yes" : "no";
}

}  // namespace

std::string fleet_cases_text(const FleetCases& cases, PageStyle style) {
  TextTable table(
      {"case", "figure", "unit", "expected", "computed", "difference", "allowed", "met"});
  for (const FleetCaseFigure& each : cases.figures)
    table.row({each.id, each.name, each.unit, fmt::format("{:.6g}", each.expected),
               fmt::format("{:.6g}", each.computed), difference_text(each), allowed_text(each),
               std::string(verdict(each))});
  std::string text = table.text(style);
  text += fmt::format("\n{} figures, {} outside their tolerance\n", cases.figures.size(),
                      cases.missed());
  for (const FleetCaseFigure& each : cases.figures) {
    if (!each.note.empty()) text += fmt::format("{} {}: {}\n", each.id, each.name, each.note);
  }
  return text;
}

std::string fleet_cases_csv(const FleetCases& cases) {
  std::string text = "case,figure,unit,rule,tolerance,expected,computed,met,source,note\n";
  for (const FleetCaseFigure& each : cases.figures)
    text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", csv_cell(each.id), csv_cell(each.name),
                        csv_cell(each.unit), rule_text(each.rule), each.tolerance, each.expected,
                        each.computed, verdict(each), csv_cell(each.source), csv_cell(each.note));
  return text;
}

Value fleet_cases_json(const FleetCases& cases) {
  Array figures;
  for (const FleetCaseFigure& each : cases.figures) {
    Value figure{Table{}};
    figure.set("case", Value(each.id));
    figure.set("figure", Value(each.name));
    figure.set("unit", Value(each.unit));
    figure.set("rule", Value(rule_text(each.rule)));
    figure.set("tolerance", Value(each.tolerance));
    figure.set("expected", Value(each.expected));
    figure.set("computed", Value(each.computed));
    figure.set("met", Value(each.within()));
    figure.set("source", Value(each.source));
    figure.set("note", Value(each.note));
    figures.push_back(std::move(figure));
  }
  Value document{Table{}};
  document.set("figures", Value(std::move(figures)));
  document.set("missed", Value(cases.missed()));
  return document;
}

}  // namespace polyfleet
