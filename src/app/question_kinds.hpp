// The kinds of question, one function a kind; each stands in its own ask_*.cpp. A new kind of
// result: write its ask_*.cpp with a view (src/view), add its line here and in question.cpp, and a
// command for it in cli/: report, history, API and web page follow.
#pragma once

#include "app/question.hpp"

namespace polyfleet {

QuestionKind catalogue_list_kind();
QuestionKind catalogue_show_kind();
QuestionKind catalogue_compare_kind();
QuestionKind estimate_train_kind();
QuestionKind estimate_run_kind();
QuestionKind estimate_serve_kind();
QuestionKind simulate_serve_kind();
QuestionKind plan_train_kind();
QuestionKind plan_serve_kind();
QuestionKind plan_size_kind();
QuestionKind simulate_jobs_kind();
QuestionKind simulate_fleet_kind();
QuestionKind plan_fleet_kind();
QuestionKind value_deal_kind();
QuestionKind validate_kind();

}  // namespace polyfleet
