// From what a user wrote to a complete question for the planner: a scenario without degrees, the
// pools of its cluster with their machines, software and prices, the space of plans (what is stated
// is pinned, what the framework cannot do is left out) and what the best plan must respect.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cluster_document.hpp"
#include "app/plan_wishes.hpp"
#include "app/workspace.hpp"
#include "planner/mixed_search.hpp"

namespace polyfleet {

/// The key of a plan document that holds or names its cluster; no key of a scenario.
inline constexpr std::string_view kClusterKey = "cluster";

/// One pool as the planner sees it, and the scenario of it alone.
struct QuestionPool {
  /// The scenario with this pool's part, devices and software; what the search varies is stated
  /// only where the user pinned it. A plan is laid over it (app/plan_document.hpp).
  Value document;
  SearchedPool searched;
  std::vector<Assumption> assumptions;  ///< beyond those that each estimate lists
};

struct PlanQuestion {
  std::string name;   ///< of the scenario
  std::string model;  ///< as the scenario names it
  PlanWishes wishes;
  std::vector<VendorShare> vendor_shares;
  std::vector<QuestionPool> pools;
  std::vector<StatedLink> links;    ///< between pools, by index
  std::optional<Value> stated;      ///< the scenario as it stands, where it is to be compared
  std::vector<std::string> pinned;  ///< "tensor = 8 (plan.layout.tensor)"

  bool is_mixed() const { return pools.size() > 1; }
};

/// The scenario file (may be empty), the cluster file (may be empty) and settings as one document:
/// scenario keys beside `cluster` and `search`.
Result<Value> plan_document_of(const std::string& scenario_path, const std::string& cluster_path,
                               const std::vector<Setting>& settings);

/// Resolves a document. `compare_stated`: degrees that the scenario states are what is run today,
/// not pins. Errors: everything that is unknown, missing or contradicts itself, all of it.
Result<PlanQuestion> plan_question(Workspace& workspace, const Value& document,
                                   bool compare_stated);

}  // namespace polyfleet
