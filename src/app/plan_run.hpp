// One plan search from question to answer: search, then the best plan estimated once more by the
// very path that `estimate train` takes, so that what is printed is what the user gets. When
// nothing fits, the smallest change of the question that would.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/plan_question.hpp"
#include "app/training_run.hpp"
#include "report/plan_answer.hpp"

namespace polyfleet {

/// A finished search over one pool with everything its report refers to.
struct PlanRun {
  PlanQuestion question;
  PlanSearchQuestion search;
  PlanSearchResult result;
  Value best_scenario;  ///< null when nothing fits
  std::optional<TrainingRun> best, stated;
  std::vector<QuestionChange> would_fit;
  std::unique_ptr<const ReliabilityData> reliability;  ///< the forecast points into it
  RunQuestion run_question;
  std::optional<RunForecast> forecast;  ///< of the whole run, where its tokens are stated

  /// A view for the reports; valid while this object lives.
  PlanAnswer answer() const;
};

/// The planner's question of one pool under the user's wishes.
PlanSearchQuestion search_question(const SearchedPool& pool, const PlanWishes& wishes);

struct PlanRunOptions {
  bool with_front = true;
  bool with_families = true;
  bool with_advice = true;  ///< look for changes that fit when nothing does
};

/// Precondition: one pool. Errors: those of the stated plan (question.stated), which must resolve,
/// and of the run's question (tokens, start).
Result<std::unique_ptr<PlanRun>> run_plan_search(Workspace& workspace, PlanQuestion question,
                                                 const SearchControl& control,
                                                 const PlanRunOptions& options = {});

}  // namespace polyfleet
