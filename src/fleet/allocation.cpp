#include "fleet/allocation.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/check.hpp"
#include "fleet/allocation_limits.hpp"
#include "fleet/allocation_program.hpp"
#include "fleet/place.hpp"

namespace polyfleet {

namespace {

constexpr double kAcceptable = 1e-6;  // goals of two gang places that count as equal

/// What one run of the goals found.
struct GoalRun {
  LinearAnswer last;    ///< the allocation
  LinearAnswer priced;  ///< whose prices name the limits
  AllocationGoal goal = AllocationGoal::all;
  double missed = 0, lost = 0;
};

double largest_missed(const AllocationShape& shape, const LinearAnswer& answer) {
  double most = 0;
  for (int w = 0; w < shape.demands; ++w) {
    most = std::max(most, answer.values[at(shape.missed(w))]);
  }
  return most;
}

LinearAnswer solved(AllocationProgram& program, AllocationGoal goal, bool again = false) {
  LinearAnswer answer = program.minimise(goal, again);
  if (answer.status != ProgramStatus::optimal) {
    program.forget();
    answer = program.minimise(goal);
  }
  // Serving nothing is always allowed and costs are bounded: there is an answer.
  POLYFLEET_CHECK(answer.status == ProgramStatus::optimal, "an allocation without an answer");
  return answer;
}

/// First what must be served, then (where value is no part of the objective) the value of the
/// rest, then the objective.
GoalRun find(AllocationProgram& program, AllocationProgram* second,
             const AllocationProblem& problem) {
  const FleetObjective objective = problem.policy.objective;
  const bool by_cost = objective == FleetObjective::cost;
  GoalRun found;
  found.goal = by_cost ? AllocationGoal::all : AllocationGoal::lost;
  found.last = solved(program, found.goal);
  found.priced = found.last;
  double may_miss = kSolverTolerance;
  if (largest_missed(program.shape(), found.last) > kUnservedShare) {
    LinearAnswer least = solved(program, AllocationGoal::missed, true);
    found.missed = largest_missed(program.shape(), least) > kUnservedShare ? least.cost : 0;
    may_miss += std::max(0.0, least.cost) * kGoalSlack;
    program.limit_missed(may_miss);
    const AllocationGoal rest = by_cost ? AllocationGoal::objective : AllocationGoal::lost;
    found.goal = found.missed > 0 ? AllocationGoal::missed : rest;
    found.last = solved(program, rest, true);
    found.priced = found.missed > 0 ? std::move(least) : found.last;
  }
  if (by_cost) return found;
  found.lost = program.lost_of(found.last);
  second->update(problem);
  second->limit_missed(may_miss);
  second->limit_lost(found.lost * kGoalSlack + kSolverTolerance);
  found.last = solved(*second, AllocationGoal::objective);
  const bool prices_of_value = objective == FleetObjective::output || found.lost > kUnservedShare;
  if (found.missed <= 0 && !prices_of_value) {
    found.goal = AllocationGoal::objective;
    found.priced = found.last;
  }
  return found;
}

/// Accelerators of one group that an answer puts to work, never more than there are.
void keep_within(const AllocationProblem& problem, Allocation& allocation) {
  for (std::size_t g = 0; g < problem.groups.size(); ++g) {
    double sum = 0;
    for (const std::vector<double>& by_group : allocation.accelerators) sum += by_group[g];
    const double there = problem.groups[g].accelerators;
    if (sum <= there) continue;
    for (std::vector<double>& by_group : allocation.accelerators) by_group[g] *= there / sum;
  }
}

double objective_of(const AllocationProblem& problem, const Allocation& allocation) {
  const FleetObjective objective = problem.policy.objective;
  double sum = 0;
  if (objective != FleetObjective::output) {
    sum = without_any_work(problem, objective);
    for (std::size_t w = 0; w < problem.demands.size(); ++w) {
      for (std::size_t g = 0; g < problem.groups.size(); ++g) {
        if (allocation.accelerators[w][g] <= 0) continue;
        sum += added_by_work(problem, static_cast<int>(w), static_cast<int>(g), objective) /
               kThousand * allocation.accelerators[w][g];
      }
    }
  }
  if (objective == FleetObjective::energy || objective == FleetObjective::carbon) return sum;
  for (std::size_t w = 0; w < problem.demands.size(); ++w) {
    sum += allocation.unmet[w] * problem.demands[w].value * problem.length.base();
  }
  return sum;
}

Allocation allocation_of(const AllocationProblem& problem, const AllocationProgram& program,
                         const GoalRun& found) {
  const AllocationShape& shape = program.shape();
  const std::vector<double>& values = found.last.values;
  Allocation allocation;
  allocation.feasible = found.missed <= 0;
  allocation.accelerators.assign(at(shape.demands), std::vector<double>(at(shape.groups), 0));
  for (int i = 0; i < shape.pair_count(); ++i) {
    const auto [w, g] = shape.pairs[at(i)];
    const double thousands = values[at(shape.stays(i))] + values[at(shape.comes(i))];
    if (thousands > kSolverTolerance) allocation.accelerators[at(w)][at(g)] = thousands * kThousand;
  }
  for (int w = 0; w < shape.demands; ++w) {
    const double share = values[at(shape.unmet(w))] + values[at(shape.missed(w))];
    const double served = (share > kUnservedShare ? 1 - share : 1) * program.demand_of(w);
    const double wanted = problem.demands[at(w)].per_second;
    allocation.unmet.push_back(std::max(0.0, wanted - served));
  }
  for (int g = 0; g < shape.groups; ++g) {
    const double thousands = values[at(shape.off(g))];
    allocation.switched_off.push_back(thousands > kSolverTolerance ? thousands * kThousand : 0);
  }
  keep_within(problem, allocation);
  allocation.objective = objective_of(problem, allocation);
  return allocation;
}

}  // namespace

struct Allocator::Program {
  AllocationNames names;
  /// One a goal, so that each starts from its own last answer; `second` only where value comes
  /// before the objective.
  std::optional<AllocationProgram> linear, second;

  GoalRun find_best(const AllocationProblem& problem) {
    AllocationShape shape = shape_of(problem);
    const bool by_cost = problem.policy.objective == FleetObjective::cost;
    if (!by_cost && (!second || !(second->shape() == shape))) second.emplace(shape);
    if (!linear || !(linear->shape() == shape)) linear.emplace(std::move(shape));
    linear->update(problem);
    return find(*linear, by_cost ? nullptr : &*second, problem);
  }
};

Allocator::Allocator(AllocationNames names) : program_(std::make_unique<Program>()) {
  program_->names = std::move(names);
}
Allocator::~Allocator() = default;
Allocator::Allocator(Allocator&&) noexcept = default;

Allocation Allocator::solve(const AllocationProblem& problem, bool with_binding) {
  const GoalRun found = program_->find_best(problem);
  Allocation allocation = allocation_of(problem, *program_->linear, found);
  if (with_binding || !allocation.feasible) {
    allocation.binding =
        binding_limits(problem, program_->names, *program_->linear, found.priced, found.goal);
  }
  return allocation;
}

int Allocator::place_gang(const AllocationProblem& problem, int workload) {
  const std::size_t gang = at(workload);
  AllocationProblem trial = problem;
  int best = -1;
  GoalRun least;
  for (int g = 0; g < static_cast<int>(problem.groups.size()); ++g) {
    if (!(problem.rate[gang][at(g)] > 0) || !(problem.groups[at(g)].accelerators > 0)) {
      continue;
    }
    trial.demands[gang].only_group = g;
    GoalRun found = program_->find_best(trial);
    const AllocationShape& shape = program_->linear->shape();
    const std::vector<double>& values = found.last.values;
    if (values[at(shape.missed(workload))] > kUnservedShare) continue;
    if (values[at(shape.unmet(workload))] > 1 - kUnservedShare) continue;
    // Goals in their order; the first place wins among equals.
    const auto better = [&](double a, double b) { return a < b - kAcceptable * std::abs(b); };
    const double cost = found.last.cost, of_least = least.last.cost;
    const bool wins = best < 0 || better(found.missed, least.missed) ||
                      (!better(least.missed, found.missed) &&
                       (better(found.lost, least.lost) ||
                        (!better(least.lost, found.lost) && better(cost, of_least))));
    if (wins) {
      best = g;
      least = std::move(found);
    }
  }
  return best;
}

}  // namespace polyfleet
