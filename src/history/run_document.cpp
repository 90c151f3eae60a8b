#include "history/run_document.hpp"

namespace polyfleet {
namespace {

constexpr std::string_view kFormat = "polyfleet runs";
constexpr std::int64_t kSchema = 1;

const Value& member(const Value& document, std::string_view key) {
  static const Value kAbsent;
  const Value* found = document.find(key);
  return found == nullptr ? kAbsent : *found;
}

void read_text(const Value& run, const char* key, std::string& into, Diagnostics& problems) {
  const Value& value = member(run, key);
  if (value.text() != nullptr) {
    into = *value.text();
    return;
  }
  const Position& where = value.is_null() ? run.where() : value.where();
  problems.push_back(
      problem_at(where, std::string("a run whose ") + key + " is " + std::string(value.kind()),
                 "it has to be text"));
}

RunRecord read_run(const Value& document, Diagnostics& problems) {
  RunRecord run;
  if (document.table() == nullptr) {
    problems.push_back(problem_at(document.where(), "a run that is " + std::string(document.kind()),
                                  "it has to be a table, as polyfleet runs export writes it"));
    return run;
  }
  RunSummary& s = run.summary;
  if (const std::int64_t* id = member(document, "id").integer()) s.id = *id;
  read_text(document, "begun", s.begun, problems);
  read_text(document, "command", s.command, problems);
  read_text(document, "title", s.title, problems);
  read_text(document, "verdict", s.verdict, problems);
  read_text(document, "program", s.program, problems);
  read_text(document, "data", s.data, problems);
  s.seconds = member(document, "seconds").number().value_or(0);
  run.question = member(document, "question");
  run.result = member(document, "result");
  run.page = member(document, "page");
  if (run.question.table() == nullptr)
    problems.push_back(problem_at(document.where(), "a run without its question",
                                  "export it again by polyfleet runs export"));
  return run;
}

}  // namespace

Value summary_value(const RunSummary& run) {
  Value document{Table{}};
  document.set("id", run.id);
  document.set("begun", run.begun);
  document.set("seconds", run.seconds);
  document.set("command", run.command);
  document.set("title", run.title);
  document.set("verdict", run.verdict);
  document.set("program", run.program);
  document.set("data", run.data);
  return document;
}

Value run_value(const RunRecord& run) {
  Value document = summary_value(run.summary);
  document.set("question", run.question);
  document.set("result", run.result);
  document.set("page", run.page);
  return document;
}

Value runs_value(const std::vector<RunRecord>& runs) {
  Value list{Array{}};
  for (const RunRecord& run : runs) list.push(run_value(run));
  Value document{Table{}};
  document.set("format", kFormat);
  document.set("schema", kSchema);
  document.set("runs", std::move(list));
  return document;
}

Result<std::vector<RunRecord>> runs_from_value(const Value& document) {
  const std::string* format = member(document, "format").text();
  const std::int64_t* schema = member(document, "schema").integer();
  const Array* list = member(document, "runs").array();
  if (format == nullptr || *format != kFormat || schema == nullptr || list == nullptr)
    return problem_at(document.where(), "is no file of runs",
                      "give one that polyfleet runs export wrote");
  if (*schema > kSchema)
    return problem_at(member(document, "schema").where(), "is a file of runs of a later polyfleet",
                      "import it with that polyfleet");
  std::vector<RunRecord> runs;
  Diagnostics problems;
  for (const Value& run : *list) runs.push_back(read_run(run, problems));
  if (!problems.empty()) return problems;
  return runs;
}

}  // namespace polyfleet
