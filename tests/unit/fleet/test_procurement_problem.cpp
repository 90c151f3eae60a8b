#include <doctest/doctest.h>

#include <cmath>

#include "fleet/procurement_problem.hpp"

using namespace polyfleet;

namespace {

/// Ten months at two sites; a pool of 1,000 old accelerators and a phase of 500 new ones at the
/// first; a stream and a campaign that crosses a quarter's end.
FleetModel two_bought_sites() {
  FleetModel model;
  model.time = FleetTime({2027, 2, 15}, {2028, 1, 1}, 7);
  model.sites.resize(2);
  for (std::size_t s = 0; s < 2; ++s) {
    SiteModel& site = model.sites[s];
    site.id = s == 0 ? "north" : "south";
    site.price = HourlySeries(1e-8);
    site.carbon = HourlySeries(1e-4);
    site.pue = HourlySeries(1.1);
    site.limits = {{0, 10 * megawatt, ""}, {model.time.hour_of({2027, 8, 1}), 20 * megawatt, ""}};
    site.facility_per_watt = 10 * usd;
  }
  model.classes.resize(2);
  for (std::size_t c = 0; c < 2; ++c) {
    DeviceClass& device = model.classes[c];
    device.id = c == 0 ? "old" : "new";
    device.vendor = c == 0 ? "NVIDIA" : "AMD";
    device.idle = device.parked = 100 * watt;
    device.provisioned = 2 * kilowatt;
    device.price = 20'000 * usd;
    device.in_service = 0.95;
  }
  FleetPhase pool;
  pool.id = "pool";
  pool.accelerators = 1000;
  pool.existing = true;
  pool.first_delivery = pool.last_delivery = -100;
  FleetPhase phase = pool;
  phase.id = "phase";
  phase.device_class = 1;
  phase.accelerators = 500;
  phase.existing = false;
  model.phases = {pool, phase};
  FleetWorkload stream;
  stream.id = "chat";
  stream.unit = "output tokens";
  stream.demand = {{0, 1000}};
  stream.value = 1e-3;
  FleetWorkload runs = stream;
  runs.id = "runs";
  runs.demand.clear();
  runs.campaigns = {
      {"v1", model.time.hour_of({2027, 6, 1}), model.time.hour_of({2027, 8, 30}), 9e9}};
  model.workloads = {stream, runs};
  WorkloadRate rate;
  rate.possible = true;
  rate.per_second = 2;
  rate.active = 1000 * watt;
  model.rates = {{rate, rate}, {rate, rate}};
  model.finance.discount = 0.1;
  model.finance.network_and_other = 0.2;
  model.finance.hardware_life = 5.0 * 365.25 * day;
  model.finance.facility_life = 20.0 * 365.25 * day;
  return model;
}

ProcurementTerms terms_of_new() {
  ProcurementTerms terms;
  ProcurementTerms::Offer offer;
  offer.device_class = 1;
  offer.sites = {0, 1};
  offer.first_delivery = 24 * 60;  // within Q2
  offer.price_change = -0.5;
  terms.offers = {offer};
  return terms;
}

}  // namespace

TEST_CASE("quarters are those of the calendar; the first and the last may be shorter") {
  const FleetModel model = two_bought_sites();
  const ProcurementProblem problem = procurement_problem(model, terms_of_new());
  REQUIRE(problem.quarters.size() == 4);
  CHECK(problem.quarters[0].name == "2027 Q1");
  CHECK(problem.quarters[0].problem.length / day == doctest::Approx(45));
  CHECK(problem.quarters[1].problem.length / day == doctest::Approx(91));
  CHECK(problem.quarters[3].name == "2027 Q4");
  CHECK(quarters_of(FleetTime({2027, 1, 1}, {2027, 2, 1}, 7)).size() == 2);
}

TEST_CASE("a campaign's amount is kept whole over the quarters that it crosses") {
  const ProcurementProblem problem = procurement_problem(two_bought_sites(), terms_of_new());
  double amount = 0;
  for (const ProcurementQuarter& quarter : problem.quarters) {
    amount += quarter.problem.demands[1].per_second * quarter.problem.length.base();
    CHECK(quarter.problem.demands[0].per_second == doctest::Approx(1000));
  }
  CHECK(amount == doctest::Approx(9e9));
  CHECK(problem.quarters[0].problem.demands[1].per_second == 0);
}

TEST_CASE("what stands takes its power; phases only where they are kept") {
  ProcurementTerms terms = terms_of_new();
  const auto stands = [&](int group_of_new) {
    const ProcurementProblem problem = procurement_problem(two_bought_sites(), terms);
    double count = 0;
    for (const AllocationGroup& group : problem.quarters[1].problem.groups) {
      if (group.device_class == group_of_new) count += group.accelerators;
    }
    return count;
  };
  CHECK(stands(0) == doctest::Approx(950));
  CHECK(stands(1) == 0);
  CHECK(procurement_problem(two_bought_sites(), terms).quarters[1].power_left[0] / megawatt ==
        doctest::Approx(8));
  terms.keep_phases = true;
  CHECK(stands(1) == doctest::Approx(475));
  const ProcurementProblem problem = procurement_problem(two_bought_sites(), terms);
  CHECK(problem.quarters[1].power_left[0] / megawatt == doctest::Approx(7));
  CHECK(problem.quarters[2].power_left[1] / megawatt == doctest::Approx(10));  // lowest of the Q
  CHECK(problem.quarters[3].power_left[1] / megawatt == doctest::Approx(20));
}

TEST_CASE("offers: prices with their share of all else and their change, first delivery, limits") {
  ProcurementTerms terms = terms_of_new();
  terms.offers[0].per_quarter = 4 * megawatt;
  terms.deliveries = {{"AMD", 0, 6 * megawatt}, {"AMD", 24 * 200, 3 * megawatt}};
  const ProcurementProblem problem = procurement_problem(two_bought_sites(), terms);
  REQUIRE(problem.offers.size() == 2);
  CHECK(problem.offers[0].name == "new at north");
  CHECK(problem.offers[0].first_quarter == 2);
  CHECK(problem.offers[0].price[0] / usd == doctest::Approx(24'000));
  CHECK(problem.offers[0].price[3] / usd == doctest::Approx(24'000 * std::pow(0.5, 228 / 365.25)));
  CHECK(problem.offers[0].facility / usd == doctest::Approx(20'000));
  CHECK(problem.quarters[0].present == doctest::Approx(std::pow(1.1, -22.5 / 365.25)));
  REQUIRE(problem.deliveries.size() == 2);
  CHECK(problem.deliveries[0].most[2] == 4 * megawatt);
  CHECK(problem.deliveries[1].name == "deliveries of AMD");
  CHECK(problem.deliveries[1].most[0] == 6 * megawatt);
  CHECK(problem.deliveries[1].most[3] == 3 * megawatt);
  CHECK(problem.meet_from == 3);  // delivered in Q3, at work in Q4
  terms.meet_from = 0;
  CHECK(procurement_problem(two_bought_sites(), terms).meet_from == 0);
}

TEST_CASE("the pool alone is enough; twice the demand needs what is on offer") {
  FleetModel model = two_bought_sites();
  ProcurementTerms terms = terms_of_new();
  CHECK(ProcurementPlanner(procurement_problem(model, terms)).plan().purchases.empty());
  model.workloads[0].demand = {{0, 3000}};
  const ProcurementPlan plan = ProcurementPlanner(procurement_problem(model, terms)).plan();
  CHECK(plan.feasible);
  REQUIRE(plan.purchases.size() == 1);
  // 1,100 a second more at 2 each, 95 % of which are in service.
  CHECK(plan.purchases[0].accelerators == doctest::Approx(1100 / 2 / 0.95).epsilon(1e-6));
}
