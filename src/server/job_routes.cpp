// POST jobs/COMMAND and what one may ask of a job.
#include <fmt/format.h>

#include "app/report_file.hpp"
#include "server/api_parts.hpp"

namespace polyfleet {
namespace {

HttpResponse no_job(const std::string& job) {
  return refusal(404, "no job '" + job + "'",
                 "jobs are numbers; those that are over are forgotten in time");
}

HttpResponse begin_job(const QuestionKind& kind, const RouteCall& call, const ApiParts& parts) {
  const ReadRequest read = read_request(kind, call.request, parts);
  if (!read.asked) return read.refusal;
  const auto& scenario = read.asked->question.scenario;
  const std::string file = scenario ? scenario->file : "";
  const Wanted wanted{
      .result = true, .page = true, .keep = parts.keeper.keeps() && call.query("keep", "1") == "1"};
  AnswerTools tools{parts.workspaces, parts.keeper};
  const auto asked = std::make_shared<const AskRequest>(*read.asked);
  const auto job = parts.jobs.add(kind.command, file, parts.threads,
                                  [asked, wanted, tools](const RunControl& control) {
                                    return answer_question(*asked, control, wanted, tools);
                                  });
  if (!job)
    return refusal(503, "too many jobs are waiting", "cancel one, or wait until one is over");
  HttpResponse response = json_response(Table{{"job", fmt::format("{}", *job)}}, 202);
  response.headers.emplace_back("Location", fmt::format("/api/v1/jobs/{}", *job));
  return response;
}

HttpResponse list_jobs(const ApiParts& parts) {
  Value list{Array{}};
  for (const JobStatus& status : parts.jobs.list()) list.push(status_json(status));
  return json_response(list);
}

HttpResponse job_status(const RouteCall& call, const ApiParts& parts, bool cancels) {
  const auto id = number_of(call.part("job"));
  const auto status = !id ? std::nullopt : cancels ? parts.jobs.cancel(*id) : parts.jobs.find(*id);
  return status ? json_response(status_json(*status)) : no_job(call.part("job"));
}

/// The job's answer, or why there is none (yet).
HttpResponse with_answer(const RouteCall& call, const ApiParts& parts,
                         HttpResponse (*make)(const Answer&, const RouteCall&)) {
  const auto id = number_of(call.part("job"));
  const auto status = id ? parts.jobs.find(*id) : std::nullopt;
  if (!status) return no_job(call.part("job"));
  const auto answer = parts.jobs.answer(*id);
  if (answer != nullptr) return make(*answer, call);
  if (!status->problems.empty())
    return problem_response(422, status->problems, status->scenario_file);
  return refusal(409, fmt::format("job {} is {}", *id, name_of(status->state)),
                 "ask again when it is done");
}

HttpResponse result_of(const Answer& answer, const RouteCall& call) {
  return answer_response(answer, call.request);
}

HttpResponse report_of(const Answer& answer, const RouteCall&) {
  const Result<Value> document = parse_json(answer.page, "page");
  const Result<FigurePage> page =
      document ? page_from_json(*document) : Result<FigurePage>(document.problems());
  if (!page) return problem_response(500, page.problems());
  return report_response(report_html(*page, {.command = answer.asked,
                                             .program = "polyfleet " POLYFLEET_VERSION,
                                             .data = {},
                                             .day = answer.day}));
}

}  // namespace

std::vector<Route> job_routes(const ApiParts& parts) {
  std::vector<Route> routes;
  for (const QuestionKind& kind : question_kinds()) {
    routes.push_back(
        {.method = "POST",
         .address = "/api/v1/jobs/" + address_word(kind.command),
         .summary = kind.summary + ", in the background",
         .lane = RouteLane::quick,
         .answer = [&kind, parts](const RouteCall& call) { return begin_job(kind, call, parts); },
         .query = {{"keep", "0: do not keep the answer in the run history (usual: 1)", {"0", "1"}}},
         .body = &kind,
         .status = 202,
         .schema = "JobBegun",
         .refusals = {422},
         .headers = {{"Location", "address of the job"}}});
  }
  routes.push_back({.method = "GET",
                    .address = "/api/v1/jobs",
                    .summary = "Every job that is not forgotten, newest first",
                    .answer = [parts](const RouteCall&) { return list_jobs(parts); },
                    .schema = "Jobs"});
  routes.push_back(
      {.method = "GET",
       .address = "/api/v1/jobs/{job}",
       .summary = "How far a job is",
       .answer = [parts](const RouteCall& call) { return job_status(call, parts, false); },
       .schema = "Job",
       .refusals = {404}});
  routes.push_back(
      {.method = "DELETE",
       .address = "/api/v1/jobs/{job}",
       .summary = "Tells a job to stop; searches answer with what they have found",
       .answer = [parts](const RouteCall& call) { return job_status(call, parts, true); },
       .schema = "Job",
       .refusals = {404}});
  routes.push_back(
      {.method = "GET",
       .address = "/api/v1/jobs/{job}/result",
       .summary = "A job's answer",
       .answer = [parts](const RouteCall& call) { return with_answer(call, parts, result_of); },
       .query = {{"view",
                  "result: exactly what --json prints; page: its figures; both",
                  {"result", "page", "both"}}},
       .schema = "Answer",
       .refusals = {404, 409, 422},
       .headers = {{"X-Polyfleet-Verdict", "ok, infeasible or interrupted"},
                   {"X-Polyfleet-Run", "the run's number in the history, where it was kept"}}});
  routes.push_back(
      {.method = "GET",
       .address = "/api/v1/jobs/{job}/report",
       .summary = "A job's answer as one HTML file of figures",
       .answer = [parts](const RouteCall& call) { return with_answer(call, parts, report_of); },
       .content_type = "text/html; charset=utf-8",
       .refusals = {404, 409, 422}});
  return routes;
}

}  // namespace polyfleet
