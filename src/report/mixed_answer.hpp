// A plan search over several pools with its answer, as every form of report takes it.
#pragma once

#include <string>
#include <vector>

#include "planner/mixed_search.hpp"
#include "report/plan_answer.hpp"

namespace polyfleet {

/// A path between two pools and where its figures come from.
struct PoolLinkNote {
  std::string between;  ///< "mi300x - h200"
  CrossLink link;
};

/// The references live as long as their owner.
struct MixedAnswer {
  const MixedSearchQuestion& question;
  const MixedSearchResult& result;
  std::vector<std::string> pinned;              ///< "tensor = 8"
  std::vector<std::vector<Assumption>> limits;  ///< by pool: what its search was kept to
  std::vector<PoolLinkNote> links;
  std::vector<QuestionChange> would_fit;          ///< when nothing fits
  double tokens = 0;                              ///< of the whole run; 0 = not stated
  std::vector<std::optional<PlannedPlan>> alone;  ///< by pool, out of the whole space of one pool

  /// Tokens a second of what every pool does without the others: the better of both searches.
  double rate_alone(std::size_t pool) const;
  /// A mix's tokens a second over the sum of those.
  double of_sum(const PlannedMix& mix) const;
};

}  // namespace polyfleet
