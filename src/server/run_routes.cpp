// GET and DELETE runs: what `polyfleet runs list|show|compare --json` print, and a run's figures.
#include <fmt/format.h>

#include "app/report_file.hpp"
#include "app/run_record.hpp"
#include "history/run_document.hpp"
#include "report/runs_comparison.hpp"
#include "report/runs_report.hpp"
#include "server/api_parts.hpp"
#include "server/service_limits.hpp"

namespace polyfleet {
namespace {

HttpResponse no_run(const std::string& run) {
  return refusal(404, "no run '" + run + "'", "runs are numbers: GET /api/v1/runs");
}

/// What went wrong in the history: 503 where there is none to use, else the run is not there.
HttpResponse history_fault(const ApiParts& parts, const Diagnostics& problems, int status) {
  return problem_response(parts.keeper.keeps() ? status : 503, problems);
}

Result<RunsListing> listing_of(const RunHistory& history, const RunFilter& filter,
                               const std::string& file) {
  auto runs = history.list(filter);
  if (!runs) return runs.problems();
  const auto total = history.count(filter);
  if (!total) return total.problems();
  return RunsListing{*std::move(runs), *total, file};
}

HttpResponse list_runs(const RouteCall& call, const ApiParts& parts) {
  const auto before = number_of(call.query("before", "1"));
  const auto most = number_of(call.query("most", "50"));
  if (!before || !most || *most > kMostRunsListed)
    return refusal(
        400, fmt::format("before and most are numbers from 1, most at most {}", kMostRunsListed));
  RunFilter filter{.command = call.query("command"), .text = call.query("text")};
  filter.before = call.request.query.contains("before") ? *before : 0;
  filter.most = static_cast<std::size_t>(*most);
  const auto listing = parts.keeper.with<RunsListing>(
      [&](RunHistory& history) { return listing_of(history, filter, parts.keeper.file()); });
  if (!listing) return history_fault(parts, listing.problems(), 503);
  return json_response(runs_list_json(*listing));
}

Result<RunRecord> record_of(const ApiParts& parts, std::int64_t run) {
  return parts.keeper.with<RunRecord>([run](RunHistory& history) { return history.find(run); });
}

HttpResponse with_run(const RouteCall& call, const ApiParts& parts,
                      HttpResponse (*make)(const RunRecord&)) {
  const auto id = number_of(call.part("run"));
  if (!id) return no_run(call.part("run"));
  const Result<RunRecord> record = record_of(parts, *id);
  return record ? make(*record) : history_fault(parts, record.problems(), 404);
}

HttpResponse show_run(const RunRecord& record) { return json_response(run_value(record)); }

HttpResponse page_of(const RunRecord& record) {
  if (record.page.is_null()) return refusal(404, "this run was kept without figures");
  const Result<FigurePage> page = page_from_json(record.page);
  return page ? json_response(page_json(*page, true)) : problem_response(500, page.problems());
}

HttpResponse report_of_run(const RunRecord& record) {
  if (record.page.is_null()) return refusal(404, "this run was kept without figures");
  const Result<FigurePage> page = page_from_json(record.page);
  if (!page) return problem_response(500, page.problems());
  const Result<Question> question = question_from_value(record.question);
  const RunSummary& summary = record.summary;
  return report_response(report_html(
      *page, {.command = question ? command_text(*question) : "polyfleet " + summary.command,
              .program = "polyfleet " + summary.program,
              .data = summary.data,
              .day = summary.begun.substr(0, 10)}));
}

HttpResponse compare_runs(const RouteCall& call, const ApiParts& parts) {
  const auto a = number_of(call.query("a")), b = number_of(call.query("b"));
  if (!a || !b) return refusal(400, "a and b are numbers of runs", "?a=1&b=2");
  const Result<RunRecord> before = record_of(parts, *a), after = record_of(parts, *b);
  if (!before) return history_fault(parts, before.problems(), 404);
  if (!after) return history_fault(parts, after.problems(), 404);
  return json_response(runs_comparison_json(compare_runs(*before, *after)));
}

HttpResponse delete_run(const RouteCall& call, const ApiParts& parts) {
  const auto id = number_of(call.part("run"));
  if (!id) return no_run(call.part("run"));
  const auto removed =
      parts.keeper.with<std::monostate>([&](RunHistory& history) { return history.remove({*id}); });
  if (!removed) return history_fault(parts, removed.problems(), 404);
  return json_response(Table{{"deleted", Array{Value(*id)}}});
}

Route run_route(const ApiParts& parts, std::string address, std::string summary,
                HttpResponse (*make)(const RunRecord&)) {
  return {.method = "GET",
          .address = std::move(address),
          .summary = std::move(summary),
          .answer = [parts, make](const RouteCall& call) { return with_run(call, parts, make); },
          .refusals = {404}};
}

}  // namespace

std::vector<Route> run_routes(const ApiParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = "GET",
                    .address = "/api/v1/runs",
                    .summary = "Kept runs, newest first",
                    .answer = [parts](const RouteCall& call) { return list_runs(call, parts); },
                    .query = {{"command", "begins with"},
                              {"text", "in title or question"},
                              {"before", "runs of lower numbers"},
                              {"most", "how many, 1 to 1000 (usual: 50)"}},
                    .schema = "Runs"});
  routes.push_back({.method = "GET",
                    .address = "/api/v1/runs/compare",
                    .summary = "What changed from run a to run b",
                    .answer = [parts](const RouteCall& call) { return compare_runs(call, parts); },
                    .query = {{"a", "number of a run"}, {"b", "number of a run"}},
                    .refusals = {404}});
  routes.push_back(run_route(parts, "/api/v1/runs/{run}", "A run: question and answer", show_run));
  routes.push_back({.method = "DELETE",
                    .address = "/api/v1/runs/{run}",
                    .summary = "Forgets a run",
                    .answer = [parts](const RouteCall& call) { return delete_run(call, parts); },
                    .schema = "RunDeleted",
                    .refusals = {404}});
  routes.push_back(run_route(parts, "/api/v1/runs/{run}/page", "A run's figures", page_of));
  routes.back().schema = "Page";
  Route report =
      run_route(parts, "/api/v1/runs/{run}/report", "A run as one HTML file", report_of_run);
  report.content_type = "text/html; charset=utf-8";
  routes.push_back(std::move(report));
  return routes;
}

}  // namespace polyfleet
