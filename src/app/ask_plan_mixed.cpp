#include "app/ask_plan_mixed.hpp"

#include <algorithm>
#include <memory>

#include "app/export_report.hpp"
#include "app/mixed_run.hpp"
#include "app/plan_document.hpp"
#include "base/files.hpp"
#include "report/mixed_json.hpp"
#include "report/mixed_text.hpp"
#include "view/mixed_page.hpp"

namespace polyfleet {
namespace {

/// What only a search over one pool can do.
Diagnostics mixed_problems(const Question& question) {
  Diagnostics problems;
  const auto refuse = [&](std::string flag, std::string what, std::string fix) {
    problems.push_back(problem_at({std::move(flag), 0, 0}, std::move(what), std::move(fix)));
  };
  if (flag_option(question, "compare-stated"))
    refuse("--compare-stated", "a scenario states one pool's plan",
           "leave the cluster out, or give it one pool");
  if (flag_option(question, "sensitivity"))
    refuse("--sensitivity", "inputs are those of one machine", "ask for it with one pool");
  if (flag_option(question, "front"))
    refuse("--front", "the front is that of one pool's plans",
           "--json has the best of every way to mix");
  if (flag_option(question, "explain"))
    refuse("--explain", "the chain of terms is that of one pool", "ask for it with one pool");
  if (question.files.contains("timeline"))
    refuse("--timeline", "a trace shows one pool's pipeline", "ask for it with one pool");
  return problems;
}

/// A finished search with what it wrote.
struct MixedReply {
  std::unique_ptr<MixedRun> run;
  std::vector<ExportedPlan> exports;
};

Value json_of(const MixedReply& done) {
  Value json = mixed_json(done.run->answer());
  if (!done.exports.empty()) json.set("exports", exports_json(done.exports));
  return json;
}

Result<std::vector<ExportedPlan>> write_files(const Question& question, const MixedRun& run,
                                              const std::vector<ExportRequest>& requests,
                                              const Workspace& workspace) {
  if (run.result.best.empty()) return std::vector<ExportedPlan>{};
  std::vector<std::string> pools;
  for (const SearchedPool& pool : run.search.pools) pools.push_back(pool.name);
  const Value plan = mixed_plan_document(run.result.best.front().plan, pools);
  if (const Diagnostics problems = write_asked(question, "out", toml_text(plan)); !problems.empty())
    return problems;
  return write_exports(launch_job(run), requests, workspace);
}

}  // namespace

Result<std::vector<ExportRequest>> export_requests(const Question& question) {
  std::vector<ExportRequest> requests;
  const auto [first, last] = question.files.equal_range("export");
  for (auto each = first; each != last; ++each) {
    const Result<ExportRequest> request = export_request_of(each->second);
    if (!request) return request.problems();
    requests.push_back(*request);
  }
  return requests;
}

Diagnostics write_asked(const Question& question, std::string_view file, const std::string& text) {
  const auto asked = question.files.find(std::string(file));
  if (asked == question.files.end()) return {};
  const auto done = write_file(asked->second, text);
  return done ? Diagnostics{} : done.problems();
}

SearchControl search_control(const RunControl& control) {
  SearchControl search;
  search.threads = std::max(1U, control.threads);
  search.stop = control.stop;
  if (control.progress)
    search.progress = [progress = control.progress](double share) {
      progress("searching (stopped: the best so far)", share);
    };
  return search;
}

Result<Reply> ask_plan_mixed(const Question& question, PlanQuestion plan, Workspace& workspace,
                             const RunControl& control) {
  if (const Diagnostics problems = mixed_problems(question); !problems.empty()) return problems;
  const auto requests = export_requests(question);
  if (!requests) return requests.problems();
  auto run = run_mixed_search(workspace, std::move(plan), search_control(control));
  if (!run) return run.problems();
  auto exports = write_files(question, **run, *requests, workspace);
  if (!exports) return exports.problems();
  const auto done =
      std::make_shared<const MixedReply>(MixedReply{*std::move(run), *std::move(exports)});
  const MixedSearchResult& result = done->run->result;
  return Reply{
      .verdict = result.interrupted    ? Verdict::interrupted
                 : result.best.empty() ? Verdict::infeasible
                                       : Verdict::ok,
      .json = [=] { return json_of(*done); },
      .text =
          [=](const PageStyle& style) {
            return mixed_text(done->run->answer(), style) + exports_text(done->exports, style);
          },
      .page = [=] { return mixed_page(done->run->answer()); },
  };
}

}  // namespace polyfleet
