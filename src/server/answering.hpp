// A question asked on behalf of a request: the answer as the texts that will be sent or kept, made
// while its workspace is on loan, and kept in the run history when wanted.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "server/http_message.hpp"
#include "server/question_reader.hpp"
#include "server/run_keeper.hpp"
#include "server/workspace_pool.hpp"

namespace polyfleet {

/// Which documents of an answer are made.
struct Wanted {
  bool result = true;
  bool page = false;
  bool report = false;
  bool keep = false;
};

struct Answer {
  Verdict verdict = Verdict::ok;
  std::string result;    ///< exactly what --json prints
  std::string page;      ///< page_json with svg
  std::string report;    ///< HTML
  std::int64_t run = 0;  ///< in the history; 0 = not kept
  std::string not_kept;  ///< why it could not be kept though wanted
  std::string asked;     ///< the question as one types it
  std::string day;       ///< on which it was answered, in UTC
};

/// What answering needs beside the question.
struct AnswerTools {
  WorkspacePool& workspaces;
  RunKeeper& keeper;
};

/// Errors: those of the question.
Result<Answer> answer_question(const AskRequest& request, const RunControl& control,
                               const Wanted& wanted, const AnswerTools& tools);

/// ?view=page|both: what of the answer is sent. Nothing where `view` is another word.
std::optional<Wanted> wanted_by(const HttpRequest& request);
/// The answer by the request's view, with X-Polyfleet-Verdict and X-Polyfleet-Run.
HttpResponse answer_response(const Answer& answer, const HttpRequest& request);
HttpResponse report_response(std::string html);

}  // namespace polyfleet
