#include "view/runs_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/runs_report.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostBars = 30;

std::string run_name(const RunSummary& run) {
  return fmt::format("run {} of {} UTC ({})", run.id, minute_text(run.begun), run.title);
}

/// Ratios with their names: the main figures, or the numbers that moved most.
struct Ratios {
  std::vector<std::string> names;
  std::vector<double> ratios;

  void add(const std::string& name, double ratio) {
    names.push_back(name);
    ratios.push_back(ratio);
  }
};

PageFigure ratio_figure(std::string id, std::string title, const Ratios& ratios) {
  PageFigure figure;
  figure.id = std::move(id);
  figure.title = std::move(title);
  const auto [least, most] = std::minmax_element(ratios.ratios.begin(), ratios.ratios.end());
  figure.reading = fmt::format(
      "Each bar is the number of the later run divided by that of the earlier: 1 is no change. "
      "They go from {:.4g} to {:.4g}.",
      *least, *most);
  figure.chart = BarChart{.category = "number",
                          .values = {"ratio"},
                          .horizontal = true,
                          .scale = AxisScale::logarithmic};
  figure.data.word("number", ratios.names).number("ratio", "", ratios.ratios);
  return figure;
}

std::optional<PageFigure> facts_figure(const RunsComparison& comparison) {
  Ratios ratios;
  for (const FactChange& fact : comparison.facts) {
    if (fact.ratio && *fact.ratio > 0) ratios.add(fact.label, *fact.ratio);
  }
  if (ratios.names.empty()) return std::nullopt;
  return ratio_figure("main_ratios", "The main figures, later over earlier", ratios);
}

std::optional<PageFigure> numbers_figure(const RunsComparison& comparison) {
  Ratios ratios;
  for (const DocumentChange& change : comparison.numbers) {
    if (ratios.names.size() < kMostBars && change.ratio && *change.ratio > 0)
      ratios.add(change.path, *change.ratio);
  }
  if (ratios.names.empty()) return std::nullopt;
  return ratio_figure("number_ratios", "The numbers that moved most, later over earlier", ratios);
}

PageFigure facts_table(const RunsComparison& comparison) {
  PageFigure figure;
  figure.id = "main_figures";
  figure.title = "The main figures of both answers";
  figure.reading = "As the pages of the two runs word them; a dash: that page does not have it.";
  std::vector<std::string> labels, before, after, ratios;
  const auto words = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const FactChange& fact : comparison.facts) {
    labels.push_back(fact.label);
    before.push_back(words(fact.before));
    after.push_back(words(fact.after));
    ratios.push_back(fact.changed() ? ratio_text(fact.ratio) : "same");
  }
  figure.data.word("figure", labels)
      .word("before", before)
      .word("after", after)
      .word("ratio", ratios);
  return figure;
}

struct ChangeColumns {
  std::vector<std::string> names, before, after;

  void add(const std::string& prefix, const std::vector<DocumentChange>& changes) {
    for (const DocumentChange& change : changes) {
      names.push_back(prefix + change.path);
      before.push_back(cell_text(change.before));
      after.push_back(cell_text(change.after));
    }
  }
};

PageFigure changes_table(std::string id, std::string title, const ChangeColumns& columns) {
  PageFigure figure;
  figure.id = std::move(id);
  figure.title = std::move(title);
  figure.reading = fmt::format("{} differences; a dash: absent.", columns.names.size());
  figure.data.word("what", columns.names)
      .word("before", columns.before)
      .word("after", columns.after);
  return figure;
}

FigureSection inputs_section(const RunsComparison& comparison) {
  FigureSection section{"What was asked differently", {}};
  ChangeColumns asked;
  asked.add("", comparison.circumstances);
  asked.add("", comparison.settings);
  asked.add("--", comparison.options);
  for (const LineChange& line : comparison.scenario) {
    const bool removed = line.after == 0;
    asked.names.push_back(fmt::format("scenario, line {}", removed ? line.before : line.after));
    asked.before.push_back(removed ? line.text : "-");
    asked.after.push_back(removed ? "-" : line.text);
  }
  for (const InputChange& file : comparison.files) {
    asked.names.push_back("input file " + file.name);
    asked.before.push_back(file.before ? input_text(*file.before) : "-");
    asked.after.push_back(file.after ? input_text(*file.after) : "-");
  }
  if (!asked.names.empty()) section.figures.push_back(changes_table("asked", "Questions", asked));
  ChangeColumns resolved;
  resolved.add("", comparison.resolved);
  if (!resolved.names.empty())
    section.figures.push_back(changes_table("resolved", "As the program understood it", resolved));
  return section;
}

FigureSection outputs_section(const RunsComparison& comparison) {
  FigureSection section{"What came out differently", {}};
  if (!comparison.facts.empty()) section.figures.push_back(facts_table(comparison));
  for (auto& figure : {facts_figure(comparison), numbers_figure(comparison)}) {
    if (figure) section.figures.push_back(*figure);
  }
  ChangeColumns numbers;
  numbers.add("", comparison.numbers);
  numbers.add("", comparison.others);
  if (!numbers.names.empty())
    section.figures.push_back(changes_table("changes", "Everything that changed", numbers));
  return section;
}

}  // namespace

FigurePage runs_comparison_page(const RunsComparison& comparison) {
  FigurePage page;
  page.title = fmt::format("Run {} against run {}", comparison.after.id, comparison.before.id);
  page.subtitle =
      "What changed from " + run_name(comparison.before) + " to " + run_name(comparison.after);
  page.facts = {{"numbers that changed", std::to_string(comparison.numbers.size()), ""},
                {"texts that changed", std::to_string(comparison.others.size()), ""}};
  if (comparison.same_result())
    page.notices.push_back("Both runs answered the same, number for number.");
  if (comparison.same_question() && !comparison.same_result())
    page.notices.push_back(
        "The same question of the same version and data was answered differently: the program was "
        "built anew, or a file that was not kept has changed.");
  for (const FigureSection& section : {inputs_section(comparison), outputs_section(comparison)}) {
    if (!section.figures.empty()) page.sections.push_back(section);
  }
  return page;
}

}  // namespace polyfleet
