#include "server/answering.hpp"

#include <fmt/format.h>

#include <chrono>

#include "app/report_file.hpp"
#include "app/run_record.hpp"

namespace polyfleet {
namespace {

/// Header values are one line of visible characters.
std::string header_text(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = ' ';
  }
  return text;
}

std::string one_line(const Diagnostics& problems) {
  std::string text;
  for (const Diagnostic& each : problems) text += (text.empty() ? "" : "; ") + each.what;
  return header_text(std::move(text));
}

void render(const Reply& reply, const Wanted& wanted, Answer& answer) {
  if (wanted.result) answer.result = to_json(reply.json()) + '\n';
  if (!wanted.page && !wanted.report) return;
  const FigurePage page = reply.page ? reply.page() : FigurePage{};
  if (wanted.page) answer.page = to_json(page_json(page, true)) + '\n';
  if (wanted.report)
    answer.report = report_html(page, {.command = answer.asked,
                                       .program = "polyfleet " POLYFLEET_VERSION,
                                       .data = {},
                                       .day = answer.day});
}

}  // namespace

Result<Answer> answer_question(const AskRequest& request, const RunControl& control,
                               const Wanted& wanted, const AnswerTools& tools) {
  const auto begun = std::chrono::system_clock::now();
  const auto loan = tools.workspaces.take();
  if (!loan) return loan.problems();
  Workspace& workspace = ***loan;
  workspace.lend_models(request.models);
  InputFiles inputs(program_folders(workspace));
  const InputFilesScope watched(&inputs);
  const Result<Reply> reply = ask(request.question, workspace, control);
  // What it remembers of a file may be out of date when that is asked for again.
  if (!inputs.empty()) (*loan)->use_up();
  if (!reply) return reply.problems();
  Answer answer;
  answer.verdict = reply->verdict;
  answer.asked = command_text(request.question);
  answer.day = day_of(begun);
  render(*reply, wanted, answer);
  if (!wanted.keep) return answer;
  for (const auto& [name, text] : request.model_texts) inputs.add_sent(name, text);
  const Result<std::int64_t> run = tools.keeper.keep(request.question, *reply, begun, inputs);
  if (run) {
    answer.run = *run;
  } else {
    answer.not_kept = one_line(run.problems());
  }
  return answer;
}

std::optional<Wanted> wanted_by(const HttpRequest& request) {
  const auto view = request.query.find("view"), keep = request.query.find("keep");
  Wanted wanted;
  if (view != request.query.end()) {
    wanted.page = view->second == "page" || view->second == "both";
    wanted.result = view->second != "page";
    if (!wanted.page && view->second != "result") return std::nullopt;
  }
  if (keep != request.query.end()) {
    wanted.keep = keep->second == "1";
    if (!wanted.keep && keep->second != "0") return std::nullopt;
  }
  return wanted;
}

HttpResponse answer_response(const Answer& answer, const HttpRequest& request) {
  const Wanted wanted = wanted_by(request).value_or(Wanted{});
  HttpResponse response;
  response.content_type = "application/json";
  if (!wanted.page) {
    response.body = answer.result;
  } else if (!wanted.result) {
    response.body = answer.page;
  } else {
    response.body = fmt::format("{{\"verdict\": \"{}\", \"result\": {}, \"page\": {}}}\n",
                                name_of(answer.verdict), answer.result, answer.page);
  }
  response.headers.emplace_back("X-Polyfleet-Verdict", name_of(answer.verdict));
  if (answer.run != 0)
    response.headers.emplace_back("X-Polyfleet-Run", fmt::format("{}", answer.run));
  if (!answer.not_kept.empty())
    response.headers.emplace_back("X-Polyfleet-Not-Kept", answer.not_kept);
  return response;
}

HttpResponse report_response(std::string html) {
  return {.status = 200, .content_type = "text/html; charset=utf-8", .body = std::move(html)};
}

}  // namespace polyfleet
