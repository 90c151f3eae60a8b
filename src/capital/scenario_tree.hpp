// A scenario tree: named branches with probabilities ("AMD six months late", then "AMD drops out"),
// each leaf played out once against the plan with nothing else varied, and expected values over the
// leaves. Probabilities are the reader's; what siblings leave over is the leaf where nothing more
// happens.
#pragma once

#include <vector>

#include "capital/futures.hpp"

namespace polyfleet {

struct ScenarioLeaf {
  std::string name;           ///< branch names joined by ", then "; "as planned"
  std::vector<int> branches;  ///< into spec.branches, root first; empty = as planned
  double probability = 0;
  FleetVariation variation;
  std::vector<double> values;  ///< by outcome
  bool feasible = true;        ///< no period in which a must was not met
};

struct ScenarioTree {
  std::vector<Outcome> outcomes;
  std::vector<ScenarioLeaf> leaves;  ///< in order of the document, rests last
  std::vector<double> expected;      ///< by outcome; days: infinity where any leaf never gets there
  bool interrupted = false;
};

/// Leaves with their probabilities, without values. Precondition: uncertainty_problems() is empty.
std::vector<ScenarioLeaf> scenario_leaves(const FleetModel& model, const UncertaintySpec& spec);

ScenarioTree scenario_tree(const FuturesQuestion& question, unsigned threads,
                           const std::atomic<bool>* stop = nullptr);

}  // namespace polyfleet
