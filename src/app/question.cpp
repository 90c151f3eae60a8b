#include "app/question.hpp"

#include "app/question_kinds.hpp"

namespace polyfleet {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::infeasible:
      return "infeasible";
    case Verdict::interrupted:
      return "interrupted";
  }
  return "";
}

const std::vector<QuestionKind>& question_kinds() {
  static const std::vector<QuestionKind> kinds{
      catalogue_list_kind(), catalogue_show_kind(), catalogue_compare_kind(), estimate_train_kind(),
      estimate_run_kind(),   estimate_serve_kind(), simulate_serve_kind(),    simulate_jobs_kind(),
      simulate_fleet_kind(), plan_train_kind(),     plan_serve_kind(),        plan_fleet_kind(),
      value_deal_kind(),     plan_size_kind(),      validate_kind(),
  };
  return kinds;
}

const QuestionKind* question_kind(std::string_view command) {
  for (const QuestionKind& kind : question_kinds()) {
    if (kind.command == command) return &kind;
  }
  return nullptr;
}

Result<Value> scenario_value(const Question& question) {
  Value document{Table{}};
  document.at({"command line", 0, 0});
  if (!question.scenario) return document;
  const auto& [file, text] = *question.scenario;
  Result<Value> read = file.ends_with(".toml") ? parse_toml(text, file)
                       : file.ends_with(".json")
                           ? parse_json(text, file)
                           : Result<Value>(problem_at({file, 0, 0}, "is neither .toml nor .json",
                                                      "rename the file by its format"));
  if (!read) return read.problems();
  if (read->table() == nullptr)
    return problem_at(read->where(), "a scenario is a table of keys", "start with model = \"...\"");
  return read;
}

Result<Value> question_document(const Question& question) {
  Result<Value> document = scenario_value(question);
  if (!document) return document.problems();
  return with_settings(*std::move(document), question.settings);
}

Result<Reply> ask(const Question& question, Workspace& workspace, const RunControl& control) {
  const QuestionKind* kind = question_kind(question.command);
  if (kind == nullptr) return problem("no command '" + question.command + "'");
  if (const Diagnostics problems = question_problems(*kind, question); !problems.empty())
    return problems;
  return kind->ask(question, workspace, control);
}

}  // namespace polyfleet
