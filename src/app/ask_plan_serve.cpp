// `plan serve`: the fleet that serves a stream of requests within its latency targets, and on the
// command line the files that start it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/question_kinds.hpp"
#include "app/serving_plan_export.hpp"
#include "app/serving_plan_run.hpp"
#include "report/serving_plan_json.hpp"
#include "report/serving_plan_text.hpp"
#include "view/serving_plan_page.hpp"

namespace polyfleet {
namespace {

std::string exports_text(const std::vector<ServingExport>& exports, PageStyle style) {
  std::string text;
  for (const ServingExport& each : exports) {
    std::string files;
    for (const LaunchFile& file : each.files.files)
      files += (files.empty() ? "" : ", ") + file.name;
    text +=
        fmt::format("\n{} in {}: {}\n", name_of(each.request.format), each.request.folder, files);
    TextTable table({"not in the files", "value", "why"});
    for (const Unexpressed& one : each.files.unexpressed)
      table.row({one.setting, one.value, one.why});
    if (!table.empty()) text += table.text(style);
  }
  return text;
}

Value exports_json(const std::vector<ServingExport>& exports) {
  Value list{Array{}};
  for (const ServingExport& each : exports) {
    Value one{Table{}};
    one.set("format", name_of(each.request.format));
    one.set("folder", each.request.folder);
    Value files{Array{}}, unsaid{Array{}};
    for (const LaunchFile& file : each.files.files) files.push(file.name);
    for (const Unexpressed& setting : each.files.unexpressed) {
      Value row{Table{}};
      row.set("setting", setting.setting);
      row.set("value", setting.value);
      row.set("why", setting.why);
      unsaid.push(std::move(row));
    }
    one.set("files", std::move(files));
    one.set("unexpressed", std::move(unsaid));
    list.push(std::move(one));
  }
  return list;
}

/// "vllm=a/", one a line.
Result<std::vector<ServingExportRequest>> serving_export_requests(const Question& question) {
  std::vector<ServingExportRequest> requests;
  const auto found = question.files.find("export");
  if (found == question.files.end()) return requests;
  const std::string& lines = found->second;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    Result<ServingExportRequest> request = serving_export_of(lines.substr(begin, end - begin));
    if (!request) return request.problems();
    requests.push_back(*std::move(request));
    begin = end + 1;
  }
  return requests;
}

/// A plan with the files that were written of it.
struct PlannedService {
  ServingPlanRun run;
  std::vector<ServingExport> exports;
  ServingPlanPage page;
};

std::string text_of(const PlannedService& planned, const PageStyle& style) {
  const ServingPlanAnswer answer = planned.run.answer();
  return (answer.result.best.empty() ? no_serving_plan_text(answer, planned.page, style)
                                     : serving_plan_text(answer, planned.page, style)) +
         exports_text(planned.exports, style);
}

Value json_of(const PlannedService& planned) {
  Value json = serving_plan_json(planned.run.answer());
  if (!planned.exports.empty()) json.set("exports", exports_json(planned.exports));
  return json;
}

Result<Reply> ask_plan_serve(const Question& question, Workspace& workspace,
                             const RunControl& control) {
  const auto requests = serving_export_requests(question);
  if (!requests) return requests.problems();
  const Result<Value> document = question_document(question);
  if (!document) return document.problems();
  Result<ServingPlanRun> run = run_serving_plan(
      workspace, *document,
      [&](const std::string& doing, double share) {
        if (control.progress) control.progress(doing, share);
      },
      control.stop);
  if (!run) return run.problems();
  const auto planned = std::make_shared<PlannedService>();
  planned->run = *std::move(run);
  planned->page = {.front = flag_option(question, "front"),
                   .explain = flag_option(question, "explain")};
  const ServingPlanAnswer answer = planned->run.answer();
  const ServingPlan* chosen = chosen_plan(answer);
  if (chosen != nullptr) {
    auto made = write_serving_exports(planned->run, *chosen, *requests, workspace);
    if (!made) return made.problems();
    planned->exports = *std::move(made);
  }
  const Catalogue* catalogue = &workspace.catalogue();
  return Reply{.verdict = planned->run.checked.interrupted ? Verdict::interrupted
                          : chosen != nullptr              ? Verdict::ok
                                                           : Verdict::infeasible,
               .json = [=] { return json_of(*planned); },
               .text = [=](const PageStyle& style) { return text_of(*planned, style); },
               .page = [=] { return serving_plan_page(planned->run.answer(), *catalogue); }};
}

}  // namespace

QuestionKind plan_serve_kind() {
  return {.command = "plan serve",
          .summary = "The fleet that serves a stream of requests within its latency targets",
          .scenario_help = "the question in TOML (docs/serving_planner.md)",
          .stoppable = true,
          .quick = false,
          .options = {{.name = "front", .help = "the Pareto front of cost, energy and latency"},
                      {.name = "explain", .help = "every assumption with its basis"}},
          .files = {{"export",
                     "files that start the plan: vllm, sglang or kubernetes; may be given again",
                     "FORMAT=DIR"}},
          .ask = ask_plan_serve};
}

}  // namespace polyfleet
