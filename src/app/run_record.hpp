// What the run history keeps of a question and its reply, and the question back again, so that it
// can be asked once more: with the files that it read (a config.json, a trace) as they were then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "app/question.hpp"
#include "history/run_history.hpp"

namespace polyfleet {

/// {"command", "scenario": {"file", "text"}, "settings": [{"key", "value", "flag"}], "options", and
/// "text_only" where that is so}; files to write beside the answer are no part of a question.
Value question_value(const Question& question);
/// Errors: what is no such document.
Result<Question> question_from_value(const Value& document);

struct RunCircumstances {
  std::chrono::system_clock::time_point begun;
  double seconds = 0;  ///< of wall time
  std::string data;    ///< fingerprint (app/content_fingerprint.hpp)
  /// What was read while the question was answered; null pointer = not known. Looked at after the
  /// reply's documents were made.
  const InputFiles* inputs = nullptr;
};

/// What belongs to the program and is told by its version and fingerprint, not kept with a run.
std::vector<std::filesystem::path> program_folders(const Workspace& workspace);

RunRecord run_record(const Question& question, const Reply& reply,
                     const RunCircumstances& circumstances);

/// Adds the run and returns its id. Errors: as RunHistory::add.
Result<std::int64_t> record_run(RunHistory& history, const Question& question, const Reply& reply,
                                const RunCircumstances& circumstances);

/// A moment in UTC as records have it: "2026-11-22T18:00:00Z".
std::string moment_text(std::chrono::system_clock::time_point moment);

}  // namespace polyfleet
