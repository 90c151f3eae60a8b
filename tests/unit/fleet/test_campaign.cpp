#include <doctest/doctest.h>

#include "unit/fleet/hand_fleet.hpp"

using namespace polyfleet;
using doctest::Approx;

namespace {

/// A second group at another site, half as good.
void add_south(FleetModel& model, double accelerators, FleetHour from) {
  SiteModel south = model.sites[0];
  south.id = "south";
  model.sites.push_back(south);
  FleetPhase phase = model.phases[0];
  phase.id = "second";
  phase.site = 1;
  phase.accelerators = accelerators;
  phase.first_delivery = phase.last_delivery = from;
  model.phases.push_back(phase);
}

}  // namespace

TEST_CASE("a campaign runs at the even pace of its deadline and ends on it") {
  // 9 useful units a second of each accelerator: 1,000 of them for three weeks.
  const FleetModel model = hand_campaign(9e3 * 3 * kWeek, 0, 3 * 168);
  const FleetRun run = simulate_fleet(model);
  CHECK(run.feasible());
  REQUIRE(run.campaigns.size() == 1);
  CHECK(run.campaigns[0].finished == 3 * 168);
  CHECK(run.campaigns[0].done == Approx(run.campaigns[0].amount));
  CHECK(run.campaigns[0].where == "rack at north");
  for (std::size_t period = 0; period < 3; ++period)
    CHECK(run.periods[period][0].in_use[0] == Approx(1000));
  CHECK(run.periods[3][0].in_use[0] == 0);
  CHECK(run.ledger.total(Account::output_units) == Approx(9e3 * 3 * kWeek));
  CHECK(run.ledger.total(Account::training_flop) == Approx(9e3 * 3 * kWeek * 6e12));
}

TEST_CASE("start and deadline inside a week: the window counts, energy follows it") {
  // 36 h in the first week and 36 h in the second: 1,000 accelerators in both.
  const FleetModel model = hand_campaign(9e3 * 72 * 3600, 132, 204);
  const FleetRun run = simulate_fleet(model);
  CHECK(run.periods[0][0].in_use[0] == Approx(1000));
  CHECK(run.periods[1][0].in_use[0] == Approx(1000));
  CHECK(run.campaigns[0].finished == 204);
  LedgerQuery work;
  work.account = Account::rack_energy;
  work.workload = 0;
  CHECK(run.ledger.total(work) == Approx(-1000 * 500.0 * 72 * 3600));
}

TEST_CASE("a campaign that nothing can finish in time is a shortfall, runs on and is done late") {
  const double all = 9500 * 9.0;  // what the whole site does in a second
  FleetModel model = hand_campaign(all * 2.5 * kWeek, 0, 2 * 168);
  const FleetRun run = simulate_fleet(model);
  REQUIRE(run.shortfalls.size() == 2);
  CHECK(run.shortfalls[0].unmet[0] == Approx(all * 0.25));
  CHECK(run.campaigns[0].finished == 3 * 168);  // what is left fills the period it is late in
  CHECK(run.campaigns[0].done == Approx(all * 2.5 * kWeek));
  model = hand_campaign(all * 5 * kWeek, 0, 2 * 168);
  const FleetRun never = simulate_fleet(model);
  CHECK(never.campaigns[0].finished == kNoHour);
  CHECK(never.campaigns[0].done == Approx(all * 4 * kWeek));
  CHECK(never.ledger.total(Account::unmet_units) == Approx(all * kWeek));
}

TEST_CASE("what a campaign must not do by its deadline costs its value, not the study") {
  FleetModel model = hand_campaign(9500 * 9.0 * 5 * kWeek, 0, 2 * 168);
  model.workloads[0].must = false;
  model.workloads[0].value = 1;
  const FleetRun run = simulate_fleet(model);
  CHECK(run.feasible());
  CHECK(run.campaigns[0].done == Approx(9500 * 9.0 * 4 * kWeek));
}

TEST_CASE("campaigns of one workload follow each other, never two at once") {
  FleetModel model = hand_campaign(9e3 * kWeek, 0, 168);
  model.workloads[0].campaigns.push_back({"next", 0, 3 * 168, 9e3 * 2 * kWeek});
  const FleetRun run = simulate_fleet(model);
  REQUIRE(run.campaigns.size() == 2);
  CHECK(run.campaigns[0].finished == 168);
  CHECK(run.campaigns[1].finished == 3 * 168);
  for (std::size_t period = 0; period < 3; ++period)
    CHECK(run.periods[period][0].in_use[0] == Approx(1000));
}

TEST_CASE("a gang stays on one group, and moves when that one cannot carry it any more") {
  FleetModel model = hand_campaign(9e3 * 4 * kWeek, 0, 4 * 168);
  add_south(model, 2000, 168);
  model.phases[0].retirement = 2 * 168;
  model.workloads[0].migration = 8.4 * hour;  // a twentieth of a week
  const FleetRun run = simulate_fleet(model);
  CHECK(run.feasible());
  CHECK(run.campaigns[0].where == "rack at north; rack at south");
  CHECK(run.periods[1][0].in_use[0] == Approx(1000));
  CHECK(run.periods[1][1].in_use[0] == 0);
  CHECK(run.periods[2][0].in_use[0] == 0);
  // The answer takes more accelerators in the week of the move: those arrive late.
  CHECK(run.periods[2][1].in_use[0] == Approx(1000 / 0.95));
  CHECK(run.ledger.total(Account::output_units, 2) == Approx(9e3 * kWeek));
  CHECK(run.campaigns[0].finished == 4 * 168);
}

TEST_CASE("a gang makes room for what can run nowhere else") {
  FleetModel model = hand_campaign(9e3 * 4 * kWeek, 0, 4 * 168);
  add_south(model, 2000, 168);
  DeviceClass other = model.classes[0];
  other.id = other.vendor = "other";
  model.classes.push_back(other);
  model.phases[1].device_class = 1;
  model.rates[0].push_back(model.rates[0][0]);
  FleetWorkload chat = hand_fleet().workloads[0];
  chat.demand = {{0, 50e3}, {167, 50e3}, {168, 72e3}};  // 9,000 accelerators of 9,500
  chat.vendors = {"vendor"};
  chat.must = true;
  model.workloads.push_back(chat);
  model.rates.push_back({hand_rate(10), hand_rate(10)});
  const FleetRun run = simulate_fleet(model);
  CHECK(run.feasible());
  CHECK(run.campaigns[0].where == "rack at north; other at south");
}

TEST_CASE("the next campaign looks for its own place") {
  FleetModel model = hand_campaign(9e3 * kWeek, 0, 168);
  model.workloads[0].campaigns.push_back({"next", 0, 3 * 168, 9e3 * 2 * kWeek});
  add_south(model, 2000, 100);
  model.sites[1].price = HourlySeries((0.01 * usd_per_kilowatt_hour).base());
  const FleetRun run = simulate_fleet(model);
  CHECK(run.campaigns[0].where == "rack at north");
  CHECK(run.campaigns[1].where == "rack at south");
}

TEST_CASE("a deadline after the study is no debt of it; what a campaign sheds is made up") {
  FleetModel model = hand_campaign(9e3 * 8 * kWeek, 0, 8 * 168);
  model.workloads[0].value = 1;
  FleetRun run = simulate_fleet(model);
  CHECK(run.campaigns[0].done == Approx(9e3 * 4 * kWeek));
  CHECK(run.ledger.total(Account::unmet_units) == 0);
  model.sites[0].events = {{24, 100, 0.9, true}};
  model.sites[0].limits = {{0, 5 * megawatt, ""}};
  run = simulate_fleet(model);
  CHECK(run.ledger.total(Account::shed_units) > 0);
  CHECK(run.ledger.total(Account::unmet_value) == 0);
  CHECK(run.ledger.total(Account::output_units, 3) > run.ledger.total(Account::output_units, 0));
}

TEST_CASE("a gang is never split: one group must carry it") {
  FleetModel model = hand_campaign(9.0 * 12e3 * kWeek, 0, 168);  // 12,000 accelerators
  add_south(model, 10e3, 0);
  const FleetRun run = simulate_fleet(model);
  CHECK_FALSE(run.feasible());
  const GroupPeriod &north = run.periods[0][0], &south = run.periods[0][1];
  CHECK(std::min(north.in_use[0], south.in_use[0]) == 0);
  model.workloads[0].gang = false;  // without goodput as well: 10 units a second
  CHECK(simulate_fleet(model).feasible());
}

TEST_CASE("idle accelerators speed up a gang as far as its rate allows") {
  FleetModel model = hand_campaign(9e3 * 3 * kWeek, 0, 3 * 168);
  model.rates[0][0].most_accelerators = 2000;
  FleetRun run = simulate_fleet(model);
  CHECK(run.periods[0][0].in_use[0] == Approx(2000));
  CHECK(run.campaigns[0].finished == 252);
  model.sites[0].limits = {{0, 3.5 * megawatt, ""}};  // (9.5 + 0.5) x 0.1 MW x 1.4, and 0.9 kW each
  run = simulate_fleet(model);
  CHECK(run.periods[0][0].in_use[0] == Approx((3.5e6 / 1.4 - 1e6) / 900));
  CHECK(run.peak_watts[0][0] <= 3.5e6 * (1 + 1e-9));
  model.phases[0].rate = 2 * usd_per_hour;
  model.phases[0].ownership = Ownership::on_demand;  // every hour of it costs
  CHECK(simulate_fleet(model).periods[0][0].in_use[0] == Approx(1000));
  model.phases[0].ownership = Ownership::owned;
  // Electricity that gets much cheaper later is waited for.
  model.sites[0].limits = {{0, 100 * megawatt, ""}};
  std::vector<double> price(28 * 24, 1e-7);
  std::fill(price.begin(), price.begin() + 168, 1e-4);
  model.sites[0].price = HourlySeries(price);
  run = simulate_fleet(model);
  CHECK(run.periods[0][0].in_use[0] == Approx(1000));
  CHECK(run.periods[1][0].in_use[0] == Approx(2000));
}
