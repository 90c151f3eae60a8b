#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "fleet/procurement.hpp"
#include "fleet/procurement_frontier.hpp"

using namespace polyfleet;

namespace {

constexpr double kQuarterHours = 365.25 * 24 / 4;

/// Four quarters, one site with 100 MW, two vendors whose accelerators take 2 kW at the meter and
/// do one unit a second at 1 kW: AMD's costs 10,000 USD, NVIDIA's 12,000, the hall 10 USD/W.
/// Electricity 100 USD/MWh; no idle draw, no discount. Demand in thousands a second: 0, 10, 20, 20.
ProcurementProblem two_vendors() {
  ProcurementProblem problem;
  problem.names = {{"chat"}, {"tokens"}, {"amd at home", "nvidia at home"}, {"home"}};
  for (int q = 0; q < 4; ++q) {
    ProcurementQuarter quarter;
    quarter.name = "2027 Q" + std::to_string(q + 1);
    quarter.year = 2027;
    AllocationProblem& each = quarter.problem;
    each.length = kQuarterHours * hour;
    AllocationSite site;
    site.available = 100 * megawatt;
    site.price = 0.1 * usd_per_kilowatt_hour;
    site.carbon = 400 * gram_co2e_per_kilowatt_hour;
    each.sites = {site};
    for (const char* vendor : {"AMD", "NVIDIA"}) {
      AllocationGroup group;
      group.vendor = vendor;
      each.groups.push_back(group);
    }
    AllocationDemand demand;
    demand.per_second = q == 0 ? 0 : q == 1 ? 10'000 : 20'000;
    demand.value = 1e-3;
    each.demands = {demand};
    each.rate = {{1, 1}};
    each.active = {{1000, 1000}};
    quarter.power_left = {100 * megawatt};
    problem.quarters.push_back(quarter);
  }
  for (int o = 0; o < 2; ++o) {
    ProcurementOffer offer;
    offer.group = o;
    offer.vendor = o == 0 ? "AMD" : "NVIDIA";
    offer.name = problem.names.groups[static_cast<std::size_t>(o)];
    offer.provisioned = 2 * kilowatt;
    offer.facility = 20'000 * usd;
    offer.price.assign(4, (o == 0 ? 10'000 : 12'000) * usd);
    problem.offers.push_back(offer);
  }
  return problem;
}

ProcurementPlan plan_of(const ProcurementProblem& problem) {
  return ProcurementPlanner(problem).plan();
}

double megawatts(const ProcurementPlan& plan, int offer, int quarter) {
  for (const PlannedPurchase& each : plan.purchases) {
    if (each.offer == offer && each.quarter == quarter) return each.power / megawatt;
  }
  return 0;
}

const BindingLimit* limit(const ProcurementPlan& plan, const std::string& what) {
  const auto found = std::find_if(plan.binding.begin(), plan.binding.end(),
                                  [&](const BindingLimit& each) { return each.what == what; });
  return found == plan.binding.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("bought a quarter before it is needed, from the cheaper vendor; every dollar by hand") {
  const ProcurementPlan plan = plan_of(two_vendors());
  REQUIRE(plan.feasible);
  CHECK(megawatts(plan, 0, 0) == doctest::Approx(20));
  CHECK(megawatts(plan, 0, 1) == doctest::Approx(20));
  CHECK(plan.purchases.size() == 2);
  CHECK(plan.cost.hardware / usd == doctest::Approx(20'000 * 10'000.0));
  CHECK(plan.cost.facility / usd == doctest::Approx(20'000 * 20'000.0));
  // Straight line: 1 and 0.75 years of 5 and of 20 are gone at the end.
  CHECK(plan.cost.residual / usd ==
        doctest::Approx(1e4 * (1e4 * (0.8 + 0.85) + 2e4 * (0.95 + 0.9625))));
  CHECK(plan.cost.energy / usd == doctest::Approx(50'000 * kQuarterHours * 0.1));
  CHECK(plan.cost.unmet == Usd());
  CHECK(plan.quarters[2].drawn / kilowatt_hour == doctest::Approx(20'000 * kQuarterHours));
  CHECK(plan.quarters[2].accelerators[0][0] == doctest::Approx(20'000));
}

TEST_CASE("budgets, deliveries and power bind with prices that a small change confirms") {
  ProcurementProblem problem = two_vendors();
  problem.deliveries = {{"deliveries of AMD", {0}, std::vector<Watts>(4, 15 * megawatt)}};
  const ProcurementPlan plan = plan_of(problem);
  REQUIRE(plan.feasible);
  CHECK(megawatts(plan, 0, 0) == doctest::Approx(15));
  CHECK(megawatts(plan, 1, 0) + megawatts(plan, 1, 1) == doctest::Approx(10));
  const BindingLimit* first = limit(plan, "deliveries of AMD in 2027 Q1");
  REQUIRE(first);
  CHECK(first->unit == "MW");
  problem.deliveries[0].most[0] = 15.1 * megawatt;
  const double saved = (plan.cost.total() - plan_of(problem).cost.total()) / usd / 0.1;
  CHECK(first->price == doctest::Approx(saved));
}

TEST_CASE("demand that cannot be met: infeasible, with the limit that forbids") {
  ProcurementProblem problem = two_vendors();
  for (ProcurementQuarter& quarter : problem.quarters) quarter.power_left = {30 * megawatt};
  const ProcurementPlan plan = plan_of(problem);
  CHECK_FALSE(plan.feasible);
  CHECK(plan.quarters[2].unmet[0] == doctest::Approx(5'000));
  const BindingLimit* power = limit(plan, "power of home in 2027 Q3");
  REQUIRE(power);
  CHECK(power->price == doctest::Approx(2.5));  // a MW is 500 a second of 20,000
  CHECK(power->saves == "% of a quarter's demand");
  problem.meet_all = false;
  const ProcurementPlan best = plan_of(problem);
  CHECK(best.feasible);
  CHECK(best.cost.unmet / usd == doctest::Approx(2 * 5'000 * kQuarterHours * 3600 * 1e-3));
}

TEST_CASE("a budget of the year: purchases in the money of their quarter") {
  ProcurementProblem problem = two_vendors();
  problem.budgets = {{2027, 450e6}};
  problem.meet_all = false;
  const ProcurementPlan plan = plan_of(problem);
  double spent = 0;
  for (const PlannedPurchase& each : plan.purchases) spent += (each.hardware + each.facility) / usd;
  CHECK(spent == doctest::Approx(450e6));
  const BindingLimit* budget = limit(plan, "budget of 2027");
  REQUIRE(budget);
  problem.budgets[0].most += 1e5;
  const double saved = (plan.cost.total() - plan_of(problem).cost.total()) / usd / 1e5;
  CHECK(budget->price == doctest::Approx(saved));
  problem.budgets[0].most = 1e12;
  CHECK_FALSE(limit(plan_of(problem), "budget of 2027"));
}

TEST_CASE("a limit of carbon a year") {
  ProcurementProblem problem = two_vendors();
  const double all = 50'000 * kQuarterHours * 400;
  problem.carbon = {{2027, 0.9 * all}};
  const ProcurementPlan strict = plan_of(problem);
  CHECK_FALSE(strict.feasible);
  CHECK(limit(strict, "carbon of 2027"));
  problem.carbon[0].most = 1.01 * all;
  CHECK(plan_of(problem).feasible);
}

TEST_CASE("unneeded where enough stands already; what stands draws power without work") {
  ProcurementProblem problem = two_vendors();
  for (ProcurementQuarter& quarter : problem.quarters) {
    quarter.problem.groups[1].accelerators = 20'000;
    quarter.problem.groups[1].without_work = 100 * watt;
  }
  const ProcurementPlan plan = plan_of(problem);
  CHECK(plan.purchases.empty());
  const double kwh = 50'000 * 1.0 + (80'000 - 50'000) * 0.1;
  CHECK(plan.cost.energy / usd == doctest::Approx(kwh * kQuarterHours * 0.1));
}

TEST_CASE("whole blocks: never cheaper than any amount, and whole") {
  ProcurementProblem problem = two_vendors();
  const double relaxed = plan_of(problem).cost.total() / usd;
  problem.block = 12 * megawatt;
  problem.gap = 1e-6;
  const ProcurementPlan plan = plan_of(problem);
  REQUIRE(plan.feasible);
  REQUIRE(plan.gap);
  CHECK(plan.cost.total() / usd > relaxed);
  double bought = 0;
  for (const PlannedPurchase& each : plan.purchases) {
    const double blocks = each.power / problem.block;
    CHECK(blocks == doctest::Approx(std::round(blocks)).epsilon(1e-9));
    bought += each.power / megawatt;
  }
  CHECK(bought == doctest::Approx(48));  // 40 MW are needed
}

TEST_CASE("hardware leaves at its age") {
  ProcurementProblem problem = two_vendors();
  problem.hardware_years = 0.5;
  const ProcurementPlan plan = plan_of(problem);
  REQUIRE(plan.feasible);
  // What is bought in Q1 works in Q2 and Q3; Q4 needs it again.
  CHECK(megawatts(plan, 0, 2) >= 20 - 1e-6);
}

TEST_CASE("shares of vendors, and the frontier of diversification") {
  ProcurementProblem problem = two_vendors();
  problem.shares = {{"AMD", 0, 0.75}};
  const ProcurementPlan capped = plan_of(problem);
  CHECK(capped.vendor_power[0] / (capped.vendor_power[0] + capped.vendor_power[1]) ==
        doctest::Approx(0.75));
  const BindingLimit* most = limit(capped, "most of vendor AMD");
  REQUIRE(most);
  problem.shares[0].most = 0.7501;
  const double saved = (capped.cost.total() - plan_of(problem).cost.total()) / usd / 0.01;
  CHECK(most->price == doctest::Approx(saved).epsilon(1e-3));

  problem = two_vendors();
  problem.deliveries = {{"deliveries of AMD", {0}, std::vector<Watts>(4, 100 * megawatt)},
                        {"deliveries of NVIDIA", {1}, std::vector<Watts>(4, 12 * megawatt)}};
  FrontierOptions options;
  options.lost_from = 1;
  const std::vector<FrontierPoint> frontier = diversification_frontier(problem, options);
  REQUIRE(frontier.size() == 6);
  for (std::size_t i = 0; i < frontier.size(); ++i) {
    CHECK(frontier[i].share_bought <= frontier[i].largest_share + 1e-6);
    REQUIRE(frontier[i].losses.size() == 2);
    if (i == 0) continue;
    CHECK(frontier[i].plan.cost.total() >= frontier[i - 1].plan.cost.total() * (1 - 1e-9));
  }
  // Without AMD from Q2 on, NVIDIA's 12 MW a quarter do not replace 20 MW in time.
  CHECK(frontier.front().losses[0].vendor == "AMD");
  CHECK(frontier.front().losses[0].unmet == doctest::Approx(0.2));
  CHECK(frontier.front().worst() > Usd());
  CHECK(frontier.front().losses[1].more == Usd());  // nothing was bought from NVIDIA
}
