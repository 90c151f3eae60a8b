// `plan train`: the best training plan on a cluster, and why.
#include <memory>

#include "app/ask_plan_mixed.hpp"
#include "app/export_report.hpp"
#include "app/plan_document.hpp"
#include "app/plan_question.hpp"
#include "app/plan_run.hpp"
#include "app/question_kinds.hpp"
#include "app/sensitivity_run.hpp"
#include "report/plan_json.hpp"
#include "report/plan_text.hpp"
#include "report/sensitivity_report.hpp"
#include "report/training_explain.hpp"
#include "report/training_timeline.hpp"
#include "view/plan_page.hpp"

namespace polyfleet {
namespace {

/// A finished search over one pool with what was asked beside it.
struct PlanReply {
  std::unique_ptr<PlanRun> run;
  std::vector<ExportedPlan> exports;
  std::optional<std::vector<MovedInput>> moves;
  PlanTextParts parts;
  const Catalogue& catalogue;
};

Value json_of(const PlanReply& done) {
  const PlanAnswer answer = done.run->answer();
  Value json = plan_json(answer);
  if (done.parts.explain && answer.best)
    json.set("explanation", explanation_json(*answer.best, done.catalogue));
  if (done.moves) json.set("sensitivity", plan_sensitivity_json(*done.moves));
  if (!done.exports.empty()) json.set("exports", exports_json(done.exports));
  return json;
}

std::string text_of(const PlanReply& done, const PageStyle& style) {
  const PlanAnswer answer = done.run->answer();
  if (!answer.best) return no_plan_text(answer, style);
  std::string text = plan_text(answer, done.parts, style);
  if (done.parts.explain) text += '\n' + explanation_text(*answer.best, done.catalogue, style);
  if (done.moves) text += '\n' + plan_sensitivity_text(*done.moves, style);
  return text + exports_text(done.exports, style);
}

Result<std::vector<ExportedPlan>> write_files(const Question& question, const PlanRun& run,
                                              const std::vector<ExportRequest>& requests,
                                              const Workspace& workspace) {
  if (!run.best) return std::vector<ExportedPlan>{};
  Diagnostics problems = write_asked(question, "out", toml_text(run.best_scenario));
  if (problems.empty() && question.files.contains("timeline"))
    problems = write_asked(question, "timeline", training_timeline(run.best->answer()));
  if (!problems.empty()) return problems;
  return write_exports(launch_job(run), requests, workspace);
}

Result<std::optional<std::vector<MovedInput>>> moved_inputs(const Workspace& workspace,
                                                            const PlanRun& run,
                                                            const RunControl& control) {
  if (control.progress) control.progress("moving every uncertain input ...", -1);
  SearchControl search = search_control(control);
  search.progress = {};
  auto moves = run_plan_sensitivity(workspace, run, search);
  if (!moves) return moves.problems();
  return std::optional(*std::move(moves));
}

Result<Reply> ask_one_pool(const Question& question, PlanQuestion plan, Workspace& workspace,
                           const RunControl& control) {
  const auto requests = export_requests(question);
  if (!requests) return requests.problems();
  const PlanTextParts parts{.front = flag_option(question, "front"),
                            .explain = flag_option(question, "explain")};
  auto run = run_plan_search(workspace, std::move(plan), search_control(control),
                             {.with_front = parts.front || !question.text_only});
  if (!run) return run.problems();
  auto exports = write_files(question, **run, *requests, workspace);
  if (!exports) return exports.problems();
  Result<std::optional<std::vector<MovedInput>>> moves = std::optional<std::vector<MovedInput>>{};
  if (flag_option(question, "sensitivity") && (*run)->best)
    moves = moved_inputs(workspace, **run, control);
  if (!moves) return moves.problems();
  const auto done = std::make_shared<const PlanReply>(PlanReply{
      *std::move(run), *std::move(exports), *std::move(moves), parts, workspace.catalogue()});
  return Reply{
      .verdict = done->run->result.interrupted ? Verdict::interrupted
                 : done->run->best             ? Verdict::ok
                                               : Verdict::infeasible,
      .json = [=] { return json_of(*done); },
      .text = [=](const PageStyle& style) { return text_of(*done, style); },
      .page =
          [=] {
            return plan_page(done->run->answer(), done->moves ? &*done->moves : nullptr,
                             done->catalogue);
          },
  };
}

/// The scenario with its settings; a cluster that came by --cluster stands beside what they say.
Result<Value> document_beside_cluster(const Question& question) {
  Result<Value> document = scenario_value(question);
  if (!document) return document;
  std::vector<Setting> others;
  const Setting* cluster = nullptr;
  for (const Setting& each : question.settings) {
    if (each.key == kClusterKey && each.flag.starts_with("--cluster ")) {
      cluster = &each;
    } else {
      others.push_back(each);
    }
  }
  document = with_settings(*std::move(document), others);
  if (!document || cluster == nullptr) return document;
  if (const Value* inlined = document->find(kClusterKey))
    return problem_at(inlined->where(), "a cluster is stated here and by " + cluster->flag,
                      "state the one or the other");
  document->set(std::string(kClusterKey), cluster->value);
  return document;
}

Result<Reply> ask_plan_train(const Question& question, Workspace& workspace,
                             const RunControl& control) {
  if (const auto requests = export_requests(question); !requests) return requests.problems();
  const Result<Value> document = document_beside_cluster(question);
  if (!document) return document.problems();
  Result<PlanQuestion> plan =
      plan_question(workspace, *document, flag_option(question, "compare-stated"));
  if (!plan) return plan.problems();
  for (QuestionPool& pool : plan->pools)
    pool.searched.question.strict = flag_option(question, "strict");
  return plan->is_mixed() ? ask_plan_mixed(question, *std::move(plan), workspace, control)
                          : ask_one_pool(question, *std::move(plan), workspace, control);
}

}  // namespace

QuestionKind plan_train_kind() {
  return {
      .command = "plan train",
      .summary = "The best training plan on a cluster, and why",
      .scenario_help = "a scenario in TOML (docs/planner.md)",
      .threaded = true,
      .stoppable = true,
      .quick = false,
      .options =
          {{.name = "front", .help = "the Pareto front over time, energy, cost and free memory"},
           {.name = "compare-stated",
            .help = "the scenario's plan is what runs today: rank it, search without its degrees"},
           {.name = "sensitivity",
            .help = "does the best plan stay the best when an input is off by its uncertainty"},
           {.name = "strict", .help = "without the software-maturity factor"},
           {.name = "explain", .help = "the chain of terms and sources behind the best plan"}},
      .files = {{"export",
                 "launch files: megatron-lm, megatron-bridge, primus, deepspeed, torchtitan, "
                 "slurm, kubernetes; may be given again",
                 "FORMAT=DIR", true},
                {"out", "write the best plan as a scenario"},
                {"timeline", "write a Chrome/Perfetto trace of the best plan's step"}},
      .ask = ask_plan_train};
}

}  // namespace polyfleet
