#include <doctest/doctest.h>

#include <algorithm>

#include "fleet/allocation.hpp"

using namespace polyfleet;

namespace {

constexpr double kHours = 168;

/// Two sites with one group each: 1,000 accelerators of 1 kW at work and 0.2 kW without, meter over
/// racks 1.25; electricity 36 and 72 USD/MWh (1e-8 and 2e-8 USD/J), 100 and 50 gCO2e/kWh. One
/// stream that a rate of 2 a second and accelerator serves.
AllocationProblem two_sites(double demand = 1000) {
  AllocationProblem problem;
  problem.length = kHours * hour;
  for (int s = 0; s < 2; ++s) {
    AllocationSite site;
    site.available = 100 * megawatt;
    site.facility_per_rack = 1.25;
    site.price = (s + 1) * 0.036 * usd_per_kilowatt_hour;
    site.carbon = (s == 0 ? 100 : 50) * gram_co2e_per_kilowatt_hour;
    problem.sites.push_back(site);
    AllocationGroup group;
    group.site = s;
    group.vendor = s == 0 ? "AMD" : "NVIDIA";
    group.accelerators = 1000;
    group.without_work = 200 * watt;
    problem.groups.push_back(group);
  }
  AllocationDemand stream;
  stream.per_second = demand;
  stream.value = 1;
  problem.demands = {stream};
  problem.rate = {{2, 2}};
  problem.active = {{1000, 1000}};
  return problem;
}

AllocationNames names_of_two() {
  return {{"chat"}, {"output tokens"}, {"helios at milam", "rubin at narvik"}, {"milam", "narvik"}};
}

Allocation solve(const AllocationProblem& problem) {
  return Allocator(names_of_two()).solve(problem);
}

const BindingLimit* limit(const Allocation& allocation, const std::string& what) {
  const auto found = std::find_if(allocation.binding.begin(), allocation.binding.end(),
                                  [&](const BindingLimit& l) { return l.what == what; });
  return found == allocation.binding.end() ? nullptr : &*found;
}

/// USD of a period: idle draw of both sites, and what accelerators at work add.
double cost_by_hand(double at_first, double at_second) {
  const double kwh_idle = 1000 * 0.2 * 1.25 * kHours;
  const double kwh_work = 0.8 * 1.25 * kHours;
  return (kwh_idle + kwh_work * at_first) * 0.036 + (kwh_idle + kwh_work * at_second) * 0.072;
}

}  // namespace

TEST_CASE("the cheap site serves what it can, the dear one the rest") {
  const Allocation low = solve(two_sites(1000));
  REQUIRE(low.feasible);
  CHECK(low.accelerators[0][0] == doctest::Approx(500));
  CHECK(low.accelerators[0][1] == 0);
  CHECK(low.unmet[0] == 0);
  CHECK(low.objective == doctest::Approx(cost_by_hand(500, 0)));
  const Allocation high = solve(two_sites(2600));
  CHECK(high.accelerators[0][0] == doctest::Approx(1000));
  CHECK(high.accelerators[0][1] == doctest::Approx(300));
  CHECK(high.objective == doctest::Approx(cost_by_hand(1000, 300)));
}

TEST_CASE(
    "prices: one more accelerator at the cheap site saves the difference, less its idle draw") {
  const Allocation high = solve(two_sites(2600));
  const BindingLimit* capacity = limit(high, "capacity of helios at milam");
  REQUIRE(capacity);
  const double moves = 0.8 * 1.25 * kHours * (0.072 - 0.036);
  const double idles = 0.2 * 1.25 * kHours * 0.036;
  CHECK(capacity->unit == "accelerators");
  CHECK(capacity->saves == "USD");
  CHECK(capacity->price == doctest::Approx(moves - idles));
  const BindingLimit* demand = limit(high, "demand of chat");
  REQUIRE(demand);
  CHECK(demand->unit == "output tokens/s");
  CHECK(demand->price == doctest::Approx(0.8 * 1.25 * kHours * 0.072 / 2));
  CHECK_FALSE(limit(high, "power of milam"));
}

TEST_CASE("power at the meter limits: idle accelerators draw too") {
  AllocationProblem problem = two_sites(1000);
  problem.sites[0].available = 0.55 * megawatt;  // 0.25 idle at the meter + 0.001 each at work
  const Allocation allocation = solve(problem);
  CHECK(allocation.accelerators[0][0] == doctest::Approx(300));
  CHECK(allocation.accelerators[0][1] == doctest::Approx(200));
  const BindingLimit* power = limit(allocation, "power of milam");
  REQUIRE(power);
  CHECK(power->unit == "MW");
  CHECK(power->price == doctest::Approx(1000 * 0.8 * 1.25 * kHours * 0.036));
  problem.sites[0].other = 80 * kilowatt;
  CHECK(solve(problem).accelerators[0][0] == doctest::Approx(200));
}

TEST_CASE("without power for idling, accelerators are switched off, not counted twice") {
  AllocationProblem problem = two_sites(1000);
  problem.sites[0].available = 0.20 * megawatt;
  const Allocation allocation = solve(problem);
  const double on = 1000 - allocation.switched_off[0];
  const double at_work = allocation.accelerators[0][0];
  CHECK(allocation.switched_off[0] >= 200 - 1e-6);
  CHECK((on * 0.2 + at_work * 0.8) * 1.25 <= 200 + 1e-6);
  CHECK(allocation.unmet[0] == 0);
  CHECK(allocation.switched_off[1] == 0);
}

TEST_CASE("energy follows the mean demand, capacity the peak") {
  AllocationProblem problem = two_sites(1000);
  problem.demands[0].mean_over_peak = 0.5;
  const Allocation allocation = solve(problem);
  CHECK(allocation.accelerators[0][0] == doctest::Approx(500));
  CHECK(allocation.objective == doctest::Approx(cost_by_hand(250, 0)));
}

TEST_CASE("demand of less value than its energy stays unmet; a must is served all the same") {
  AllocationProblem problem = two_sites(1000);
  const double cost_a_unit = 0.8 * 1.25 / 3600 * 0.036 / 2;  // USD, at the cheap site
  problem.demands[0].value = 0.9 * cost_a_unit;
  CHECK(solve(problem).unmet[0] == doctest::Approx(1000));
  problem.demands[0].least = 400;
  CHECK(solve(problem).unmet[0] == doctest::Approx(600));
  problem.demands[0].must = true;
  CHECK(solve(problem).unmet[0] == 0);
}

TEST_CASE("a must that nothing meets: infeasible, and what forbids it with its price") {
  AllocationProblem problem = two_sites(5000);
  problem.demands[0].must = true;
  problem.sites[0].available = 0.55 * megawatt;
  const Allocation allocation = solve(problem);
  CHECK_FALSE(allocation.feasible);
  CHECK(allocation.unmet[0] == doctest::Approx(5000 - 2 * 1300));
  const BindingLimit* power = limit(allocation, "power of milam");
  REQUIRE(power);
  CHECK(power->saves == "output tokens/s of chat");
  CHECK(power->price == doctest::Approx(2 * 1000));  // a MW is 1,000 accelerators above idle
  const BindingLimit* capacity = limit(allocation, "capacity of rubin at narvik");
  REQUIRE(capacity);
  CHECK(capacity->price == doctest::Approx(2));
  CHECK_FALSE(limit(allocation, "capacity of helios at milam"));
}

TEST_CASE("a must at exactly what there is, is feasible; a thousandth more is not") {
  AllocationProblem problem = two_sites(4000);
  problem.demands[0].must = true;
  CHECK(solve(problem).feasible);
  problem.demands[0].per_second = 4004;
  const Allocation allocation = solve(problem);
  CHECK_FALSE(allocation.feasible);
  CHECK(allocation.unmet[0] == doctest::Approx(4));
}

TEST_CASE("a workload that no group can run is named") {
  AllocationProblem problem = two_sites(1000);
  problem.demands[0].must = true;
  problem.rate = {{0, 0}};
  const Allocation allocation = solve(problem);
  CHECK_FALSE(allocation.feasible);
  CHECK(limit(allocation, "no group can run chat"));
}

TEST_CASE("most of a vendor, of the power in use") {
  AllocationProblem problem = two_sites(1000);
  problem.policy.shares = {{"AMD", 0, 0.6}};
  Allocation allocation = solve(problem);
  CHECK(allocation.accelerators[0][0] == doctest::Approx(300));
  CHECK(allocation.accelerators[0][1] == doctest::Approx(200));
  const BindingLimit* most = limit(allocation, "most of vendor AMD");
  REQUIRE(most);
  CHECK(most->price ==
        doctest::Approx(5 * 0.8 * 1.25 * kHours * 0.036));  // 5 accelerators a percent
  problem.policy.shares = {{"NVIDIA", 0.7, 1}};
  allocation = solve(problem);
  CHECK(allocation.accelerators[0][1] == doctest::Approx(350));
  CHECK(limit(allocation, "least of vendor NVIDIA"));
}

TEST_CASE("accelerators stay where moving costs more than it saves") {
  AllocationProblem problem = two_sites(1000);
  problem.demands[0].migration = 84 * hour;  // half of the week: twice the accelerators
  problem.previous = {{0, 500}};
  problem.sites[1].price = 1.9 * problem.sites[0].price;
  Allocation allocation = solve(problem);
  CHECK(allocation.accelerators[0][0] == 0);
  CHECK(allocation.accelerators[0][1] == doctest::Approx(500));
  problem.sites[1].price = 2.1 * problem.sites[0].price;
  allocation = solve(problem);
  CHECK(allocation.accelerators[0][0] == doctest::Approx(1000));  // twice as many while they move
  CHECK(allocation.accelerators[0][1] == 0);
  problem.demands[0].migration = {};
  problem.sites[1].price = problem.sites[0].price;
  CHECK(solve(problem).accelerators[0][1] == doctest::Approx(500));  // equal: stay
}

TEST_CASE("least energy, least carbon, most output") {
  AllocationProblem problem = two_sites(1000);
  problem.policy.objective = FleetObjective::carbon;
  Allocation allocation = solve(problem);
  CHECK(allocation.accelerators[0][1] == doctest::Approx(500));
  const double kwh_idle = 250 * kHours, kwh = 500 * kHours;
  CHECK(allocation.objective == doctest::Approx(kwh_idle * 100 + (kwh_idle + kwh) * 50));
  problem.policy.objective = FleetObjective::energy;
  problem.active[0][1] = 900;
  problem.demands[0].value = 1e-30;  // worth serving whatever it draws
  allocation = solve(problem);
  CHECK(allocation.accelerators[0][1] == doctest::Approx(500));
  CHECK(allocation.objective == doctest::Approx((2 * 250 + 500 * 0.875) * kHours * 3.6e6));
  problem.policy.objective = FleetObjective::output;
  problem.demands[0].per_second = 5000;
  problem.demands[0].value = 0.25;
  allocation = solve(problem);
  CHECK(allocation.unmet[0] == doctest::Approx(1000));
  CHECK(allocation.objective == doctest::Approx(1000 * 0.25 * kHours * 3600));
  const BindingLimit* capacity = limit(allocation, "capacity of helios at milam");
  REQUIRE(capacity);
  CHECK(capacity->price == doctest::Approx(2 * 0.25 * kHours * 3600));
}

TEST_CASE("what is on demand costs when used; a partner's energy costs nothing, but counts") {
  AllocationProblem problem = two_sites(1000);
  problem.groups[0].on_use = 2 * usd_per_hour;
  CHECK(solve(problem).accelerators[0][1] == doctest::Approx(500));
  problem.groups[0].on_use = {};
  problem.groups[1].energy_paid = false;
  const Allocation allocation = solve(problem);
  CHECK(allocation.accelerators[0][1] == doctest::Approx(500));
  CHECK(allocation.objective == doctest::Approx(250 * kHours * 0.036));
  problem.policy.carbon_price = 1;  // dollars a gram: both emit, the second half as much
  CHECK(solve(problem).accelerators[0][1] == doctest::Approx(500));
}

TEST_CASE("a negative price of electricity makes no work beyond the demand") {
  AllocationProblem problem = two_sites(1000);
  problem.sites[0].price = -problem.sites[0].price;
  const Allocation allocation = solve(problem);
  CHECK(allocation.accelerators[0][0] == doctest::Approx(500));
  CHECK(allocation.accelerators[0][1] == 0);
}

TEST_CASE("a gang stands on one group: where it has room, and where it is cheap") {
  AllocationProblem problem = two_sites(500);
  AllocationDemand gang;
  gang.per_second = 900;
  gang.least = 800;
  gang.value = 1;
  problem.demands.push_back(gang);
  problem.rate.push_back({1, 1});
  problem.active.push_back({1000, 1000});
  AllocationNames names = names_of_two();
  names.workloads.push_back("training");
  names.units.push_back("training tokens");
  Allocator allocator(names);
  CHECK(allocator.place_gang(problem, 1) == 0);
  problem.groups[0].accelerators = 700;
  CHECK(allocator.place_gang(problem, 1) == 1);
  problem.groups[1].accelerators = 700;
  CHECK(allocator.place_gang(problem, 1) == -1);
  problem.demands[1].only_group = 1;
  problem.groups[1].accelerators = 850;
  const Allocation allocation = allocator.solve(problem);
  CHECK(allocation.feasible);
  CHECK(allocation.accelerators[1][0] == 0);
  CHECK(allocation.accelerators[1][1] == doctest::Approx(850));
  CHECK(allocation.unmet[1] == doctest::Approx(50));
}

TEST_CASE("nothing to run, nothing to run it on") {
  AllocationProblem problem = two_sites(0);
  CHECK(solve(problem).feasible);
  CHECK(solve(problem).accelerators[0][0] == 0);
  problem = two_sites(1000);
  problem.groups[0].accelerators = problem.groups[1].accelerators = 0;
  Allocation allocation = solve(problem);
  CHECK(allocation.feasible);
  CHECK(allocation.unmet[0] == doctest::Approx(1000));
  problem.demands[0].must = true;
  allocation = solve(problem);
  CHECK_FALSE(allocation.feasible);
  CHECK(limit(allocation, "capacity of helios at milam"));
}
