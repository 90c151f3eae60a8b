// `plan train` over several pools; what it shares with the search over one.
#pragma once

#include "app/plan_export.hpp"
#include "app/plan_question.hpp"
#include "app/question.hpp"

namespace polyfleet {

/// Every --export of the question. Errors: no "=", an unknown format.
Result<std::vector<ExportRequest>> export_requests(const Question& question);
/// Writes `text` to the question's file of this name, if it was asked for.
Diagnostics write_asked(const Question& question, std::string_view file, const std::string& text);
/// The search's threads, stop flag and progress.
SearchControl search_control(const RunControl& control);

/// Precondition: plan.is_mixed(). Errors: options that are for one pool, those of the search and of
/// files that cannot be written.
Result<Reply> ask_plan_mixed(const Question& question, PlanQuestion plan, Workspace& workspace,
                             const RunControl& control);

}  // namespace polyfleet
