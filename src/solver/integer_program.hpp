// A mixed-integer linear program solved by COIN-OR Cbc (branch and cut over Clp): least cost under
// linear rows where some variables are whole numbers. One thread and limits on nodes, never on
// time, so that the same program gives the same answer everywhere. Answers are within `gap` of the
// best; for programs of up to a few thousand variables.
#pragma once

#include <atomic>
#include <vector>

#include "solver/linear_program.hpp"

namespace polyfleet {

struct IntegerLimits {
  double gap = 1e-6;    ///< stops when no better answer than this share of the cost can exist
  int nodes = 100'000;  ///< of the search tree, at most
  const std::atomic<bool>* stop = nullptr;
};

struct IntegerAnswer {
  /// optimal: within the gap. stopped: a limit was reached; `values` is the best found, if any.
  ProgramStatus status = ProgramStatus::stopped;
  double cost = 0;             ///< of `values`
  double bound = 0;            ///< no answer costs less
  std::vector<double> values;  ///< one a variable; whole where asked; empty: none found
  int nodes = 0;               ///< searched
};

/// `whole`: numbers of the variables that must be whole.
IntegerAnswer solve_integer(const LinearParts& parts, const std::vector<int>& whole,
                            const IntegerLimits& limits = {});

}  // namespace polyfleet
