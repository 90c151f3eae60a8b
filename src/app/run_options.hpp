// What `estimate run` and `plan size` ask of a run beside its scenario, as options of a question.
#pragma once

#include "app/question.hpp"
#include "app/run_estimate.hpp"

namespace polyfleet {

std::vector<QuestionOption> run_options();

/// The options as texts of app/run_estimate.hpp. Precondition: the question's kind has them.
RunTexts run_texts(const Question& question);

}  // namespace polyfleet
