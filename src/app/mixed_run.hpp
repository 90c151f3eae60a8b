// One plan search over several pools from question to answer. When nothing fits, the smallest
// multiple of every pool on which one would.
#pragma once

#include <memory>
#include <optional>

#include "app/plan_question.hpp"
#include "report/mixed_answer.hpp"

namespace polyfleet {

/// A finished search with everything its report refers to.
struct MixedRun {
  PlanQuestion question;
  std::optional<CrossNetwork> network;
  MixedSearchQuestion search;
  MixedSearchResult result;
  /// By pool: its best plan without the others, out of the whole space of one pool (the search over
  /// pools sees a smaller one); none: nothing fits.
  std::vector<std::optional<PlannedPlan>> alone;
  std::vector<QuestionChange> would_fit;

  /// A view for the reports; valid while this object lives.
  MixedAnswer answer() const;
};

/// Precondition: several pools. Errors: links that cannot be, constraints that contradict each
/// other.
Result<std::unique_ptr<MixedRun>> run_mixed_search(Workspace& workspace, PlanQuestion question,
                                                   const SearchControl& control);

}  // namespace polyfleet
