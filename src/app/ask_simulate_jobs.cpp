// `simulate jobs`: a cluster that runs a trace of jobs.
#include <memory>

#include "app/fleet_files.hpp"
#include "app/job_document.hpp"
#include "app/question_kinds.hpp"
#include "report/job_report.hpp"
#include "view/job_page.hpp"

namespace polyfleet {
namespace {

bool is_trace(const ScenarioText& scenario) { return scenario.file.ends_with(".csv"); }

/// A scenario, or a trace as a scenario that states nothing else.
Result<Value> jobs_document_of(const Question& question) {
  if (!is_trace(*question.scenario)) return question_document(question);
  Value document{Table{}};
  document.at({"command line", 0, 0});
  document.set("trace", std::filesystem::absolute(question.scenario->file).string());
  document.set("name", question.scenario->file);
  return with_settings(std::move(document), question.settings);
}

Verdict verdict_of(const JobAnswer& answer) {
  if (answer.run.interrupted) return Verdict::interrupted;
  return answer.run.refused > 0 ? Verdict::infeasible : Verdict::ok;
}

Result<Reply> ask_simulate_jobs(const Question& question, Workspace& workspace,
                                const RunControl& control) {
  const Result<Value> document = jobs_document_of(question);
  if (!document) return document.problems();
  if (control.progress) control.progress("reading the jobs", -1);
  const std::filesystem::path folder = std::filesystem::path(question.scenario->file).parent_path();
  std::optional<std::string> trace;
  if (is_trace(*question.scenario)) trace = question.scenario->text;
  Result<JobStudy> study = read_job_study(*document, folder, workspace, trace);
  if (!study) return study.problems();
  JobRunOptions options{control.stop, {}};
  if (control.progress)
    options.progress = [&](double share) {
      control.progress("jobs have ended (Ctrl-C: report so far)", share);
    };
  const auto answer = std::make_shared<const JobAnswer>(run_job_study(*std::move(study), options));
  WrittenFiles written;
  if (question.files.contains("csv")) written = written_files(question, job_csv(*answer));
  return Reply{
      .verdict = verdict_of(*answer),
      .json = [=] { return job_json(*answer); },
      .text = [=](const PageStyle& style) { return job_text(*answer, style) + written.sentence; },
      .page = [=] { return job_page(*answer); },
      .unwritten = written.problems};
}

}  // namespace

QuestionKind simulate_jobs_kind() {
  return {
      .command = "simulate jobs",
      .summary = "A cluster that runs a trace of jobs: queueing, placement, failures, checkpoints",
      .scenario_help = "a study in TOML (docs/fleet_jobs.md) or a trace in CSV",
      .scenario = ScenarioUse::required,
      .stoppable = true,
      .quick = false,
      .options = {},
      .files = {{"csv", "write jobs, size classes and account as CSV files", "DIR"}},
      .ask = ask_simulate_jobs};
}

}  // namespace polyfleet
