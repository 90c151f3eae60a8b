#include "solver/integer_program.hpp"

#include <algorithm>
#include <cmath>
#include <coin/CbcEventHandler.hpp>
#include <coin/CbcHeuristic.hpp>
#include <coin/CbcHeuristicFPump.hpp>
#include <coin/CbcModel.hpp>
#include <coin/CglGomory.hpp>
#include <coin/CglKnapsackCover.hpp>
#include <coin/CglMixedIntegerRounding2.hpp>
#include <coin/OsiClpSolverInterface.hpp>

#include "base/check.hpp"

namespace polyfleet {

namespace {

std::vector<double> cbc_bounds(std::vector<double> bounds) {
  for (double& bound : bounds) {
    if (std::isinf(bound)) bound = std::copysign(COIN_DBL_MAX, bound);
  }
  return bounds;
}

void load(OsiClpSolverInterface& solver, const LinearParts& parts, const std::vector<int>& whole) {
  std::vector<int> rows, columns;
  std::vector<double> weights;
  for (const LinearParts::Entry& entry : parts.entries) {
    rows.push_back(entry.row);
    columns.push_back(entry.variable);
    weights.push_back(entry.weight);
  }
  CoinPackedMatrix matrix(true, rows.data(), columns.data(), weights.data(),
                          static_cast<CoinBigIndex>(weights.size()));
  matrix.setDimensions(static_cast<int>(parts.row_low.size()), static_cast<int>(parts.cost.size()));
  solver.loadProblem(matrix, cbc_bounds(parts.low).data(), cbc_bounds(parts.high).data(),
                     parts.cost.data(), cbc_bounds(parts.row_low).data(),
                     cbc_bounds(parts.row_high).data());
  for (const int variable : whole) {
    POLYFLEET_CHECK(variable >= 0 && variable < solver.getNumCols(), "no such variable");
    solver.setInteger(variable);
  }
}

/// Stops the search between two nodes when the user asks.
class StopHandler : public CbcEventHandler {
 public:
  explicit StopHandler(const std::atomic<bool>* asked) : asked_(asked) {}
  CbcEventHandler* clone() const override { return new StopHandler(*this); }
  CbcAction event(CbcEvent) override { return asked_ && asked_->load() ? stop : noAction; }

 private:
  const std::atomic<bool>* asked_;
};

void add_cuts_and_heuristics(CbcModel& model) {
  CglGomory gomory;
  gomory.setLimit(300);  // longest cut; Cbc's own driver uses the same
  CglKnapsackCover knapsack;
  CglMixedIntegerRounding2 rounding;
  model.addCutGenerator(&gomory, -1, "Gomory");  // -1: as long as it helps
  model.addCutGenerator(&knapsack, -1, "Knapsack");
  model.addCutGenerator(&rounding, -1, "MixedIntegerRounding");
  CbcRounding simple(model);
  CbcHeuristicFPump pump(model);
  model.addHeuristic(&simple);
  model.addHeuristic(&pump);
}

/// Whole values are made exact; a value within tolerance of its bound is put on it.
void take_values(const CbcModel& model, const LinearParts& parts, const std::vector<int>& whole,
                 IntegerAnswer& answer) {
  const double* best = model.bestSolution();
  answer.cost = model.getObjValue();
  answer.values.assign(best, best + parts.cost.size());
  for (const int variable : whole) {
    double& value = answer.values[static_cast<std::size_t>(variable)];
    value = std::round(value);
  }
  for (std::size_t i = 0; i < answer.values.size(); ++i) {
    answer.values[i] = std::clamp(answer.values[i], parts.low[i], parts.high[i]);
  }
}

}  // namespace

IntegerAnswer solve_integer(const LinearParts& parts, const std::vector<int>& whole,
                            const IntegerLimits& limits) {
  OsiClpSolverInterface solver;
  solver.messageHandler()->setLogLevel(0);
  load(solver, parts, whole);
  IntegerAnswer answer;
  solver.initialSolve();
  if (!solver.isProvenOptimal()) {
    if (solver.isProvenPrimalInfeasible()) answer.status = ProgramStatus::infeasible;
    if (solver.isProvenDualInfeasible()) answer.status = ProgramStatus::unbounded;
    return answer;
  }
  CbcModel model(solver);
  model.setLogLevel(0);
  model.solver()->messageHandler()->setLogLevel(0);
  const StopHandler handler(limits.stop);
  model.passInEventHandler(&handler);
  add_cuts_and_heuristics(model);
  model.setAllowableFractionGap(limits.gap);
  model.setAllowableGap(1e-12);  // absolute: only the share counts
  model.setMaximumNodes(limits.nodes);
  model.setNumberThreads(0);
  model.branchAndBound();
  answer.nodes = model.getNodeCount();
  answer.bound = model.getBestPossibleObjValue();
  if (model.bestSolution()) take_values(model, parts, whole, answer);
  if (model.isProvenOptimal()) answer.status = ProgramStatus::optimal;
  if (model.isProvenInfeasible()) answer.status = ProgramStatus::infeasible;
  return answer;
}

}  // namespace polyfleet
