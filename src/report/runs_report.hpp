// The run history for people and programs: lists, one run, two runs compared.
#pragma once

#include <string>
#include <vector>

#include "config/value.hpp"
#include "history/run_history.hpp"
#include "report/runs_comparison.hpp"
#include "report/table.hpp"

namespace polyfleet {

struct RunsListing {
  std::vector<RunSummary> runs;
  std::int64_t total = 0;  ///< that the filter lets through, shown or not
  std::string file;
};

std::string runs_list_text(const RunsListing& listing, const PageStyle& style);
/// {"file", "total", "runs": [...]}; a run as in run_document.hpp.
Value runs_list_json(const RunsListing& listing);

/// Question and main figures; `command`: the question as one types it.
std::string run_text(const RunRecord& run, const std::string& command, const PageStyle& style);

/// `all`: every number that changed, not only those that changed most.
std::string runs_comparison_text(const RunsComparison& comparison, bool all,
                                 const PageStyle& style);
/// {"before", "after": summaries, "same_question", "same_result", "inputs": {"circumstances",
/// "scenario", "settings", "options", "files" (null = not known), "resolved"}, "outputs": {"facts",
/// "numbers", "others"}}.
Value runs_comparison_json(const RunsComparison& comparison);

/// "3.1 kB, sha256 0123456789ab".
std::string input_text(const InputFile& file);
/// "2026-11-22 18:00" of "2026-11-22T18:00:00Z".
std::string minute_text(const std::string& begun);
/// "x 1.25", or empty.
std::string ratio_text(const std::optional<double>& ratio);
/// A value in a cell: text without quotes, absent as "-".
std::string cell_text(const Value& value);

}  // namespace polyfleet
