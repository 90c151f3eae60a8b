#include "fleet/pareto.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/allocation_program.hpp"
#include "fleet/period_problem.hpp"

namespace polyfleet {

namespace {

constexpr double kMostMultiple = 1e6;  // of demand; beyond it demand says nothing
constexpr double kOutputStep = 1e-6;   // to which the most output is found
constexpr double kInside = 1 - 2e-6;   // outputs stay this far within it

/// The problem with every demand a must, at a multiple of it.
AllocationProblem all_of(const AllocationProblem& problem, double multiple,
                         FleetObjective objective) {
  AllocationProblem scaled = problem;
  scaled.policy.objective = objective;
  scaled.previous.clear();
  for (AllocationDemand& demand : scaled.demands) {
    demand.per_second *= multiple;
    demand.least = 0;
    demand.must = true;
    demand.only_group = -1;
  }
  return scaled;
}

/// Demand that nothing can serve is taken out and named.
std::vector<int> take_out_impossible(AllocationProblem& problem) {
  std::vector<int> taken;
  for (std::size_t w = 0; w < problem.demands.size(); ++w) {
    AllocationDemand& demand = problem.demands[w];
    demand.per_second = std::max(demand.per_second, demand.least);
    bool possible = false;
    for (std::size_t g = 0; g < problem.groups.size(); ++g) {
      possible |= problem.rate[w][g] > 0 && problem.groups[g].accelerators > 0;
    }
    if (demand.per_second <= 0 || possible) continue;
    taken.push_back(static_cast<int>(w));
    demand.per_second = 0;
  }
  return taken;
}

double most_output(const AllocationProblem& problem, Allocator& allocator) {
  const auto feasible = [&](double multiple) {
    return allocator.solve(all_of(problem, multiple, FleetObjective::cost), false).feasible;
  };
  double high = 1;
  while (high < kMostMultiple && feasible(high)) high *= 2;
  double low = high / 2;
  while (low > 1 / kMostMultiple && !feasible(low)) low /= 2, high /= 2;
  while (high - low > kOutputStep * low) {
    const double middle = (low + high) / 2;
    (feasible(middle) ? low : high) = middle;
  }
  return low;
}

FrontPoint point_of(const AllocationProblem& problem, double output, Allocation allocation) {
  const auto total = [&](FleetObjective objective) {
    double sum = without_any_work(problem, objective);
    for (std::size_t w = 0; w < allocation.accelerators.size(); ++w) {
      for (std::size_t g = 0; g < allocation.accelerators[w].size(); ++g) {
        const double thousands = allocation.accelerators[w][g] / kThousand;
        if (thousands <= 0) continue;
        sum +=
            thousands * added_by_work(problem, static_cast<int>(w), static_cast<int>(g), objective);
      }
    }
    return sum;
  };
  FrontPoint point;
  point.output = output;
  point.energy = Joules::from_base(total(FleetObjective::energy));
  point.carbon = GramsCo2e::from_base(total(FleetObjective::carbon));
  point.cost = Usd::from_base(total(FleetObjective::cost));
  point.accelerators = std::move(allocation.accelerators);
  return point;
}

FrontPoint best_at(const AllocationProblem& problem, Allocator& allocator, double output,
                   FleetObjective objective) {
  const AllocationProblem all = all_of(problem, output, objective);
  return point_of(all, output, allocator.solve(all, false));
}

/// Least cost under ever more energy, from the least that the output needs to what the cheapest
/// way takes.
std::vector<FrontPoint> trade_at(const AllocationProblem& problem, const AllocationNames& names,
                                 double output, int points) {
  Allocator free(names), limited(names);
  const FrontPoint frugal = best_at(problem, free, output, FleetObjective::energy);
  const FrontPoint cheap = best_at(problem, free, output, FleetObjective::cost);
  std::vector<FrontPoint> trade;
  if (cheap.energy <= frugal.energy * (1 + kOutputStep)) return {frugal};  // nothing to trade
  for (int i = 0; i < points; ++i) {
    const double share = static_cast<double>(i) / (points - 1);
    AllocationProblem all = all_of(problem, output, FleetObjective::cost);
    all.most_energy = frugal.energy * (1 + 1e-9) + (cheap.energy - frugal.energy) * share;
    Allocation best = limited.solve(all, false);
    if (best.feasible) trade.push_back(point_of(all, output, std::move(best)));
  }
  return trade;
}

}  // namespace

FleetFront fleet_front(const AllocationProblem& problem, const AllocationNames& names, int points) {
  FleetFront front;
  AllocationProblem possible = problem;
  front.without_place = take_out_impossible(possible);
  const bool wanted = std::any_of(possible.demands.begin(), possible.demands.end(),
                                  [](const AllocationDemand& d) { return d.per_second > 0; });
  if (!wanted) return front;
  Allocator allocator(names);
  front.most_output = most_output(possible, allocator);
  const double beyond = front.most_output * (1 + 1e-3);
  front.limits = allocator.solve(all_of(possible, beyond, FleetObjective::cost)).binding;
  const double top = front.most_output * kInside;
  for (int i = 1; i <= points; ++i) {
    const double output = top * i / points;
    front.least_energy.push_back(best_at(possible, allocator, output, FleetObjective::energy));
    front.least_carbon.push_back(best_at(possible, allocator, output, FleetObjective::carbon));
    front.least_cost.push_back(best_at(possible, allocator, output, FleetObjective::cost));
  }
  front.traded_output = std::min(1.0, top);
  front.trade = trade_at(possible, names, front.traded_output, points);
  return front;
}

FleetFront fleet_front(const FleetModel& model, int period, int points) {
  const FleetPeriod made = period_problem(model, period);
  const AllocationNames names = allocation_names(model, fleet_groups(model));
  FleetFront front = fleet_front(made.problem, names, points);
  front.period = period;
  return front;
}

std::vector<StageMix> stage_mix(const FleetModel& model, const AllocationProblem& problem,
                                const FrontPoint& point) {
  std::vector<StageMix> stages;
  for (std::size_t w = 0; w < point.accelerators.size(); ++w) {
    const WorkloadKind kind = model.workloads[w].kind;
    auto stage = std::find_if(stages.begin(), stages.end(),
                              [&](const StageMix& each) { return each.stage == kind; });
    const auto& used = point.accelerators[w];
    if (std::none_of(used.begin(), used.end(), [](double count) { return count > 0; })) continue;
    if (stage == stages.end()) {
      stages.push_back({kind, std::vector<double>(model.classes.size(), 0),
                        std::vector<Watts>(model.classes.size())});
      stage = stages.end() - 1;
    }
    for (std::size_t g = 0; g < used.size(); ++g) {
      const auto device = static_cast<std::size_t>(problem.groups[g].device_class);
      stage->accelerators[device] += used[g];
      stage->power[device] += Watts::from_base(used[g] * problem.active[w][g]);
    }
  }
  std::stable_sort(stages.begin(), stages.end(),
                   [](const StageMix& a, const StageMix& b) { return a.stage < b.stage; });
  return stages;
}

}  // namespace polyfleet
