// Runs as documents: what `runs show --json` prints, and the file that carries runs from one
// history to another.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"
#include "history/run_history.hpp"

namespace polyfleet {

/// {"id", "begun", "seconds", "command", "title", "verdict", "program", "data"}.
Value summary_value(const RunSummary& run);
/// The summary's members, then "question", "result", "page" and "files": of each input "name",
/// "sent", "bytes", "sha256" (null = no regular file) and "kept"; null = it is not known which.
Value run_value(const RunRecord& run);

/// {"format": "polyfleet runs", "schema": 2, "runs": [...], "contents": [{"sha256", "text" or
/// "base64"}]}: contents as far as they were loaded, each once.
Value runs_value(const std::vector<RunRecord>& runs);
/// Errors: what is no such document, or one of a later program; contents that are not what their
/// hash says; every fault with its place. Of schema 1 nothing is known about files.
Result<std::vector<RunRecord>> runs_from_value(const Value& document);

}  // namespace polyfleet
