// Two runs side by side as a document.
#include "history/run_document.hpp"
#include "report/runs_report.hpp"

namespace polyfleet {
namespace {

Value ratio_json(const std::optional<double>& ratio) { return ratio ? Value(*ratio) : Value(); }

Value changes_json(const std::vector<DocumentChange>& changes) {
  Value list{Array{}};
  for (const DocumentChange& change : changes) {
    Value entry{Table{}};
    entry.set("path", change.path);
    entry.set("before", change.before);
    entry.set("after", change.after);
    entry.set("ratio", ratio_json(change.ratio));
    list.push(std::move(entry));
  }
  return list;
}

Value lines_json(const std::vector<LineChange>& lines) {
  const auto number = [](int line) { return line == 0 ? Value() : Value(line); };
  Value list{Array{}};
  for (const LineChange& line : lines) {
    Value entry{Table{}};
    entry.set("line_before", number(line.before));
    entry.set("line_after", number(line.after));
    entry.set("text", line.text);
    list.push(std::move(entry));
  }
  return list;
}

Value facts_json(const std::vector<FactChange>& facts) {
  const auto words = [](const std::string& text) { return text.empty() ? Value() : Value(text); };
  Value list{Array{}};
  for (const FactChange& fact : facts) {
    Value entry{Table{}};
    entry.set("label", fact.label);
    entry.set("before", words(fact.before));
    entry.set("after", words(fact.after));
    entry.set("ratio", ratio_json(fact.ratio));
    list.push(std::move(entry));
  }
  return list;
}

Value input_json(const std::optional<InputFile>& file) {
  if (!file) return {};
  Value document{Table{}};
  document.set("bytes", static_cast<std::int64_t>(file->bytes));
  document.set("sha256", file->hash.empty() ? Value() : Value(file->hash));
  return document;
}

Value inputs_json(const std::vector<InputChange>& files) {
  Value list{Array{}};
  for (const InputChange& file : files) {
    Value entry{Table{}};
    entry.set("name", file.name);
    entry.set("before", input_json(file.before));
    entry.set("after", input_json(file.after));
    list.push(std::move(entry));
  }
  return list;
}

}  // namespace

Value runs_comparison_json(const RunsComparison& comparison) {
  Value inputs{Table{}};
  inputs.set("circumstances", changes_json(comparison.circumstances));
  inputs.set("scenario", lines_json(comparison.scenario));
  inputs.set("settings", changes_json(comparison.settings));
  inputs.set("options", changes_json(comparison.options));
  const bool known = !comparison.unknown_before && !comparison.unknown_after;
  inputs.set("files", known ? inputs_json(comparison.files) : Value());
  inputs.set("resolved", changes_json(comparison.resolved));
  Value outputs{Table{}};
  outputs.set("facts", facts_json(comparison.facts));
  outputs.set("numbers", changes_json(comparison.numbers));
  outputs.set("others", changes_json(comparison.others));
  Value document{Table{}};
  document.set("before", summary_value(comparison.before));
  document.set("after", summary_value(comparison.after));
  document.set("same_question", comparison.same_question());
  document.set("same_result", comparison.same_result());
  document.set("inputs", std::move(inputs));
  document.set("outputs", std::move(outputs));
  return document;
}

}  // namespace polyfleet
