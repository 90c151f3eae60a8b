#include "fleet/procurement.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "fleet/place.hpp"
#include "fleet/procurement_answer.hpp"
#include "fleet/procurement_program.hpp"

namespace polyfleet {

namespace {

constexpr double kMissed = 1e-6;  // share of a quarter's demand that counts as missed

}  // namespace

std::vector<std::string> vendors_of(const ProcurementProblem& problem) {
  std::vector<std::string> vendors;
  for (const ProcurementOffer& offer : problem.offers) vendors.push_back(offer.vendor);
  std::sort(vendors.begin(), vendors.end());
  vendors.erase(std::unique(vendors.begin(), vendors.end()), vendors.end());
  return vendors;
}

struct ProcurementPlanner::Program {
  explicit Program(ProcurementProblem stated)
      : problem(std::move(stated)), layout(problem), numbers(numbers_of(problem, layout)) {}

  ProcurementProblem problem;
  ProcurementLayout layout;
  ProcurementNumbers numbers;

  double missed_of(const std::vector<double>& values) const {
    double sum = 0;
    for (int w = 0; w < layout.workloads; ++w) {
      for (int q = 0; q < layout.quarters; ++q) sum += values[at(layout.missed(w, q))];
    }
    return sum;
  }

  /// Costs of nothing but what is missed.
  void set_missed_goal(LinearProgram& program) const {
    for (int column = 0; column < layout.columns; ++column) program.set_cost(column, 0);
    for (int w = 0; w < layout.workloads; ++w) {
      for (int q = 0; q < layout.quarters; ++q) program.set_cost(layout.missed(w, q), 1);
    }
  }

  static LinearAnswer solved(LinearProgram& program, bool only_costs) {
    LinearAnswer answer = program.solve(only_costs);
    // Buying nothing and missing everything is always an answer.
    POLYFLEET_CHECK(answer.status == ProgramStatus::optimal, "a plan without an answer");
    return answer;
  }

  /// Purchases in whole blocks; false where the search found none.
  bool fix_blocks(LinearParts& parts, ProcurementPlan& plan, const std::atomic<bool>* stop) const {
    std::vector<int> whole;
    for (int column = 0; column < layout.stands(0, 0); ++column) whole.push_back(column);
    IntegerLimits limits;
    limits.gap = problem.gap;
    limits.nodes = 5000;  // minutes at most on programs of the size of the shipped scenarios
    limits.stop = stop;
    const IntegerAnswer blocks = solve_integer(parts, whole, limits);
    plan.interrupted = stop && stop->load();
    if (blocks.values.empty()) return false;
    plan.gap = std::max(0.0, blocks.cost - blocks.bound) /
               std::max(kSolverTolerance, std::abs(blocks.cost));
    for (const int column : whole) {
      parts.low[at(column)] = parts.high[at(column)] = blocks.values[at(column)];
    }
    return true;
  }

  ProcurementPlan plan(const std::atomic<bool>* stop) const {
    LinearParts parts = parts_of(problem, layout, numbers);
    ProcurementPlan head;
    if (problem.block > Watts() && !fix_blocks(parts, head, stop)) {
      ProcurementPlan none = head;
      none.interrupted = true;
      return none;
    }
    LinearProgram program(parts);
    LinearAnswer best = solved(program, false), priced = best;
    bool missed = false;
    if (missed_of(best.values) > kMissed) {
      set_missed_goal(program);
      LinearAnswer least = solved(program, true);
      missed = least.cost > kMissed;
      program.set_row_bounds(layout.missed_total, -kUnbounded,
                             std::max(0.0, least.cost) * kGoalSlack + kSolverTolerance);
      for (int column = 0; column < layout.columns; ++column) {
        program.set_cost(column, parts.cost[at(column)]);
      }
      best = solved(program, true);
      priced = missed ? std::move(least) : best;
    }
    ProcurementPlan plan = plan_of(problem, layout, numbers, best.values);
    plan.feasible = !missed;
    plan.interrupted = head.interrupted;
    plan.gap = head.gap;
    plan.binding = plan_limits(problem, layout, numbers, priced, missed);
    return plan;
  }
};

ProcurementPlanner::ProcurementPlanner(ProcurementProblem problem)
    : program_(std::make_unique<Program>(std::move(problem))) {}
ProcurementPlanner::~ProcurementPlanner() = default;
ProcurementPlanner::ProcurementPlanner(ProcurementPlanner&&) noexcept = default;

ProcurementPlan ProcurementPlanner::plan(const std::atomic<bool>* stop) const {
  return program_->plan(stop);
}

}  // namespace polyfleet
