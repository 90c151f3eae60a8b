// POST ask/COMMAND and report/COMMAND: a question answered while its client waits.
#include <algorithm>
#include <charconv>

#include "server/api_parts.hpp"
#include "server/service_limits.hpp"

namespace polyfleet {
namespace {

HttpResponse ask_now(const QuestionKind& kind, const RouteCall& call, const ApiParts& parts,
                     bool report) {
  const ReadRequest read = read_request(kind, call.request, parts);
  if (!read.asked) return read.refusal;
  Waits::Wait wait(parts.waits, kind.quick ? Waits::Clock::duration(kQuickLimit)
                                           : Waits::Clock::duration(kSlowLimit));
  RunControl control;
  control.stop = wait.stop();
  control.threads = kind.quick ? 1 : parts.threads;
  Wanted wanted =
      report ? Wanted{.result = false, .report = true} : wanted_by(call.request).value_or(Wanted{});
  const auto answer =
      answer_question(*read.asked, control, wanted, {parts.workspaces, parts.keeper});
  const auto& scenario = read.asked->question.scenario;
  if (!answer)
    return problem_response(422, answer.problems(), scenario ? scenario->file : std::string());
  return report ? report_response(answer->report) : answer_response(*answer, call.request);
}

}  // namespace

Waits::Wait::Wait(Waits& waits, Clock::duration limit)
    : waits_(waits), until_(Clock::now() + limit) {
  const std::lock_guard lock(waits_.guard_);
  waits_.all_.insert(this);
}

Waits::Wait::~Wait() {
  const std::lock_guard lock(waits_.guard_);
  waits_.all_.erase(this);
}

void Waits::stop_late() {
  const auto now = Clock::now();
  const std::lock_guard lock(guard_);
  for (Wait* wait : all_) {
    if (wait->until_ <= now) wait->stop_ = true;
  }
}

void Waits::stop_all() {
  const std::lock_guard lock(guard_);
  for (Wait* wait : all_) wait->stop_ = true;
}

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

std::string address_word(std::string command) {
  std::replace(command.begin(), command.end(), ' ', '-');
  return command;
}

ReadRequest read_request(const QuestionKind& kind, const HttpRequest& request,
                         const ApiParts& parts) {
  const Result<Value> body = read_body(request.body);
  if (!body) return {std::nullopt, problem_response(400, body.problems())};
  Result<AskRequest> asked = read_question(kind, *body, {parts.scenarios, parts.readable});
  if (asked) return {*std::move(asked), {}};
  const Value* scenario = body->find("scenario");
  const Value* file = scenario == nullptr ? nullptr : scenario->find("file");
  std::string name = file == nullptr ? "scenario.toml" : *file->text();
  if (const ScenarioFile* shipped = parts.scenarios.find(name))
    name = parts.scenarios.file_of(*shipped);
  return {std::nullopt, problem_response(422, asked.problems(), name)};
}

std::vector<Route> ask_routes(const ApiParts& parts) {
  std::vector<Route> routes;
  for (const QuestionKind& kind : question_kinds()) {
    const std::string word = address_word(kind.command);
    const RouteLane lane = kind.quick ? RouteLane::quick : RouteLane::slow;
    routes.push_back(
        {.method = "POST",
         .address = "/api/v1/ask/" + word,
         .summary = kind.summary,
         .lane = lane,
         .answer = [&kind,
                    parts](const RouteCall& call) { return ask_now(kind, call, parts, false); },
         .query = {{"view",
                    "result: exactly what --json prints; page: its figures; both",
                    {"result", "page", "both"}},
                   {"keep", "1: keep the answer in the run history", {"0", "1"}}},
         .body = &kind,
         .schema = "Answer",
         .refusals = {422},
         .headers = {{"X-Polyfleet-Verdict", "ok, infeasible or interrupted"},
                     {"X-Polyfleet-Run", "the run's number in the history, where it was kept"},
                     {"X-Polyfleet-Not-Kept", "why it could not be kept"}}});
    routes.push_back(
        {.method = "POST",
         .address = "/api/v1/report/" + word,
         .summary = kind.summary + ", as one HTML file of figures",
         .lane = lane,
         .answer = [&kind,
                    parts](const RouteCall& call) { return ask_now(kind, call, parts, true); },
         .body = &kind,
         .content_type = "text/html; charset=utf-8",
         .refusals = {422}});
  }
  return routes;
}

}  // namespace polyfleet
