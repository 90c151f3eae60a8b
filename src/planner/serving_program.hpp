// A small integer program solved exactly: least cost of whole numbers of things under a few linear
// conditions (stock, power, shares, demand). Branch and bound over a dense two-phase simplex (Land
// and Doig, 1960; Bland's rule): exact within 1e-9 of the coefficients for some tens of variables,
// which is all that the pools of a service need; not for large programs.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace polyfleet {

/// sum of weights * counts >= least.
struct ProgramRow {
  std::vector<double> weights;  ///< one a variable
  double least = 0;
};

struct WholeProgram {
  std::vector<double> costs;  ///< one a variable, at least 0
  std::vector<ProgramRow> rows;
};

struct ProgramAnswer {
  bool found = false;
  std::vector<std::int64_t> counts;
  double cost = 0;
  double bound = 0;        ///< no answer costs less
  std::int64_t nodes = 0;  ///< relaxations solved
  bool complete = true;    ///< false: the limit on nodes was met
};

/// The relaxation (counts need not be whole): its least cost, or nothing found.
struct RelaxedAnswer {
  bool found = false;
  std::vector<double> counts;
  double cost = 0;
};
RelaxedAnswer solve_relaxed(const WholeProgram& program);

/// The least cost below `cutoff` (nothing is found where there is none), ties broken by the order
/// of search. After `most_nodes` relaxations the best so far with its bound.
ProgramAnswer solve_whole(const WholeProgram& program, std::int64_t most_nodes,
                          double cutoff = std::numeric_limits<double>::infinity());

}  // namespace polyfleet
