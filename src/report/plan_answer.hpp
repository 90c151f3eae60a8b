// A plan search with its answer, as every form of report takes it: one pool (PlanAnswer) or several
// (MixedAnswer, report/mixed_text.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/plan_search.hpp"
#include "report/training_answer.hpp"
#include "training/run_forecast.hpp"

namespace polyfleet {

/// One change of the question under which a plan fits.
struct QuestionChange {
  std::string change;               ///< "128 accelerators instead of 64"
  std::optional<Seconds> time;      ///< of the best plan then
  std::optional<double> head_room;  ///< of that plan
};

/// What is run today, beside what the search found.
struct StatedPlan {
  TrainingAnswer answer;
  double over_best = 1;              ///< its time over the best plan's
  std::optional<std::size_t> place;  ///< among the best plans shown, from 1
};

/// The references live as long as their owner.
struct PlanAnswer {
  const PlanSearchQuestion& question;
  const PlanSearchResult& result;
  std::optional<TrainingAnswer> best;     ///< as `estimate train` answers it
  std::vector<std::string> pinned;        ///< "tensor = 8"
  std::vector<Assumption> limits;         ///< what the search was kept to, and why
  std::vector<QuestionChange> would_fit;  ///< when nothing fits
  std::optional<StatedPlan> stated;
  const RunQuestion& run_question;
  const RunForecast* run = nullptr;  ///< of the whole run, where its tokens are stated
};

}  // namespace polyfleet
