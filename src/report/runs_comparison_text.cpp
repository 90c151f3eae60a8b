// Two runs side by side for a terminal: what was asked differently, the main figures, the numbers
// that moved most.
#include <fmt/format.h>

#include "report/runs_report.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostRows = 15;  // of each part without --all

std::string run_line(const char* what, const RunSummary& run) {
  const std::string which = run.id == 0 ? "asked again" : fmt::format("run {}", run.id);
  return fmt::format("{} {}, {} UTC, polyfleet {}: {}, {}\n", what, which, minute_text(run.begun),
                     run.program, run.command, run.title);
}

/// "..., and 7 more".
std::string rest_line(std::size_t all, std::size_t shown) {
  return all > shown ? fmt::format("and {} more (--all shows them)\n", all - shown) : std::string();
}

std::string not_given(const Value& value) {
  return value.is_null() ? std::string("(not given)") : cell_text(value);
}

std::string input_cell(const std::optional<InputFile>& file) {
  return file ? input_text(*file) : std::string("(not read)");
}

std::string changed_inputs_text(const RunsComparison& comparison, const PageStyle& style) {
  TextTable table({"input file", "before", "after"});
  for (const InputChange& file : comparison.files)
    table.row({file.name, input_cell(file.before), input_cell(file.after)});
  std::string text = table.empty() ? std::string() : '\n' + table.text(style);
  for (const bool before : {true, false}) {
    if (before ? comparison.unknown_before : comparison.unknown_after)
      text += fmt::format(
          "\nthe earlier version that kept the run {} did not keep its input files: they may "
          "differ\n",
          before ? "before" : "after");
  }
  return text;
}

std::string scenario_lines(const RunsComparison& comparison) {
  std::string text;
  for (const LineChange& line : comparison.scenario)
    text += line.after == 0 ? fmt::format("  - {:4}  {}\n", line.before, line.text)
                            : fmt::format("  + {:4}  {}\n", line.after, line.text);
  return text.empty() ? text : "scenario, line by line\n" + text;
}

std::string inputs_text(const RunsComparison& comparison, const PageStyle& style) {
  TextTable table({"asked", "before", "after"});
  for (const DocumentChange& change : comparison.circumstances)
    table.row({change.path, not_given(change.before), not_given(change.after)});
  for (const DocumentChange& change : comparison.settings)
    table.row({change.path, not_given(change.before), not_given(change.after)});
  for (const DocumentChange& change : comparison.options)
    table.row({"--" + change.path, not_given(change.before), not_given(change.after)});
  std::string text;
  if (!table.empty()) text += '\n' + table.text(style);
  if (const std::string lines = scenario_lines(comparison); !lines.empty()) text += '\n' + lines;
  text += changed_inputs_text(comparison, style);
  if (text.empty()) text = "\nasked: the same question of the same program and data\n";
  return text;
}

std::string resolved_text(const RunsComparison& comparison, bool all, const PageStyle& style) {
  const auto& changes = comparison.resolved;
  if (changes.empty()) return {};
  const std::size_t shown = all ? changes.size() : std::min(changes.size(), kMostRows);
  TextTable table({"as understood", "before", "after"});
  for (std::size_t i = 0; i < shown; ++i)
    table.row({changes[i].path, cell_text(changes[i].before), cell_text(changes[i].after)});
  return '\n' + table.text(style) + rest_line(changes.size(), shown);
}

std::string facts_text(const RunsComparison& comparison, const PageStyle& style) {
  TextTable table({"answered", "before", "after", "ratio"});
  for (const FactChange& fact : comparison.facts)
    table.row({fact.label, fact.before.empty() ? "-" : fact.before,
               fact.after.empty() ? "-" : fact.after,
               fact.changed() ? ratio_text(fact.ratio) : std::string("same")});
  return table.empty() ? std::string() : '\n' + table.text(style);
}

std::string changes_text(const char* title, const std::vector<DocumentChange>& changes, bool all,
                         const PageStyle& style) {
  if (changes.empty()) return {};
  const std::size_t shown = all ? changes.size() : std::min(changes.size(), kMostRows);
  TextTable table({title, "before", "after", "ratio"});
  for (std::size_t i = 0; i < shown; ++i)
    table.row({changes[i].path, cell_text(changes[i].before), cell_text(changes[i].after),
               ratio_text(changes[i].ratio)});
  return '\n' + table.text(style) + rest_line(changes.size(), shown);
}

}  // namespace

std::string runs_comparison_text(const RunsComparison& comparison, bool all,
                                 const PageStyle& style) {
  std::string text = run_line("before:", comparison.before) + run_line("after: ", comparison.after);
  text += inputs_text(comparison, style) + resolved_text(comparison, all, style);
  text += facts_text(comparison, style);
  if (comparison.same_result()) return text + "\nanswered: the same, number for number\n";
  return text + changes_text("number", comparison.numbers, all, style) +
         changes_text("other", comparison.others, all, style);
}

}  // namespace polyfleet
