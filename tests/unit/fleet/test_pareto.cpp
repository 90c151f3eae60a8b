#include <doctest/doctest.h>

#include <algorithm>

#include "fleet/pareto.hpp"

using namespace polyfleet;

namespace {

/// One site, two generations: the old does 1 unit a second at 1,000 W and sits at a cheap partner
/// (energy free), the new does 4 at 2,000 W and 500 J a unit. 1,000 of each, nothing drawn without
/// work; a week; demand 2,000 a second.
AllocationProblem two_generations() {
  AllocationProblem problem;
  problem.length = 168 * hour;
  AllocationSite site;
  site.available = 100 * megawatt;
  site.price = 0.05 * usd_per_kilowatt_hour;
  site.carbon = 100 * gram_co2e_per_kilowatt_hour;
  problem.sites = {site};
  for (int g = 0; g < 2; ++g) {
    AllocationGroup group;
    group.device_class = g;
    group.accelerators = 1000;
    group.energy_paid = g == 1;
    problem.groups.push_back(group);
  }
  AllocationDemand demand;
  demand.per_second = 2000;
  demand.value = 1;
  problem.demands = {demand};
  problem.rate = {{1, 4}};
  problem.active = {{1000, 2000}};
  return problem;
}

AllocationNames two_names() {
  return {{"chat"}, {"tokens"}, {"old at home", "new at home"}, {"home"}};
}

}  // namespace

TEST_CASE("the front ends where everything works, and rises with ever less efficient parts") {
  const FleetFront front = fleet_front(two_generations(), two_names(), 10);
  CHECK(front.most_output == doctest::Approx(2.5).epsilon(1e-5));  // 5,000 of 2,000 a second
  REQUIRE(front.limits.size() == 2);                               // both groups are at work
  CHECK(front.limits[0].what == "capacity of new at home");
  REQUIRE(front.least_energy.size() == 10);
  for (const FrontPoint& point : front.least_energy) {
    const double units = 2000 * point.output;
    const double on_new = std::min(units, 4000.0), on_old = units - on_new;
    const double watts = 500 * on_new + 1000 * on_old;
    CHECK(point.energy / kilowatt_hour == doctest::Approx(watts * 168 / 1000).epsilon(1e-5));
    CHECK(point.accelerators[0][1] == doctest::Approx(on_new / 4).epsilon(1e-5));
  }
}

TEST_CASE("no front is below another in what it minimises") {
  const FleetFront front = fleet_front(two_generations(), two_names(), 7);
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(front.least_energy[i].energy <= front.least_cost[i].energy * (1 + 1e-9));
    CHECK(front.least_cost[i].cost <= front.least_energy[i].cost * (1 + 1e-9));
    CHECK(front.least_carbon[i].carbon <= front.least_energy[i].carbon * (1 + 1e-6));
    CHECK(front.least_energy[i].output == front.least_cost[i].output);
  }
}

TEST_CASE("energy against cost at the full demand, by hand") {
  // Least energy: all 2,000 on the new part, 1 MW, 8,400 USD. Cheapest: the free old one does
  // 1,000.
  const FleetFront front = fleet_front(two_generations(), two_names(), 5);
  CHECK(front.traded_output == 1);
  REQUIRE(front.trade.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    const double on_old = 250.0 * static_cast<double>(i), on_new = 2000 - on_old;
    CHECK(front.trade[i].energy / kilowatt_hour ==
          doctest::Approx(168 * (on_old + 0.5 * on_new)).epsilon(1e-6));
    CHECK(front.trade[i].cost / usd == doctest::Approx(168 * 0.5 * on_new * 0.05).epsilon(1e-6));
  }
}

TEST_CASE("what nothing can run is left out and named; without demand there is no front") {
  AllocationProblem problem = two_generations();
  problem.demands.push_back(problem.demands[0]);
  problem.rate.push_back({0, 0});
  problem.active.push_back({1000, 1000});
  AllocationNames names = two_names();
  names.workloads.push_back("video");
  names.units.push_back("videos");
  const FleetFront front = fleet_front(problem, names, 3);
  CHECK(front.without_place == std::vector<int>{1});
  CHECK(front.most_output == doctest::Approx(2.5).epsilon(1e-5));
  problem = two_generations();
  problem.demands[0].per_second = 0;
  CHECK(fleet_front(problem, two_names(), 3).least_energy.empty());
}

TEST_CASE("the mix of a point by stage and class") {
  FleetModel model;
  model.classes.resize(2);
  model.workloads.resize(1);
  model.workloads[0].kind = WorkloadKind::agents;
  const AllocationProblem problem = two_generations();
  FrontPoint point;
  point.accelerators = {{100, 300}};
  const std::vector<StageMix> stages = stage_mix(model, problem, point);
  REQUIRE(stages.size() == 1);
  CHECK(stages[0].stage == WorkloadKind::agents);
  CHECK(stages[0].accelerators == std::vector<double>{100, 300});
  CHECK(stages[0].power[1] / kilowatt == doctest::Approx(600));
}

TEST_CASE("limits of a period's energy and carbon, with their prices") {
  AllocationProblem problem = two_generations();
  problem.most_energy = 168 * 1000 * 1.25 * kilowatt_hour;
  Allocation best = Allocator(two_names()).solve(problem);
  CHECK(best.accelerators[0][0] == doctest::Approx(500));
  CHECK(best.accelerators[0][1] == doctest::Approx(375));
  REQUIRE(!best.binding.empty());
  const auto energy = std::find_if(best.binding.begin(), best.binding.end(),
                                   [](const auto& l) { return l.what == "energy of the period"; });
  REQUIRE(energy != best.binding.end());
  CHECK(energy->unit == "MWh");
  // A MWh more lets 2 MWh go from new to old: 1 MWh of paid energy becomes 2 of free.
  CHECK(energy->price == doctest::Approx(50));
  problem.most_energy.reset();
  problem.most_carbon = 168 * 1000 * 1.0 * 100 * gram_co2e;
  best = Allocator(two_names()).solve(problem);
  CHECK(best.accelerators[0][0] == doctest::Approx(0).epsilon(1e-3));
}
