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
/// The summary's members, then "question", "result" and "page".
Value run_value(const RunRecord& run);

/// {"format": "polyfleet runs", "schema": 1, "runs": [...]}.
Value runs_value(const std::vector<RunRecord>& runs);
/// Errors: what is no such document, or one of a later program; every fault with its place.
Result<std::vector<RunRecord>> runs_from_value(const Value& document);

}  // namespace polyfleet
