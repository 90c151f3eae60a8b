#include <doctest/doctest.h>

#include <cmath>

#include "fleet/period_outcome.hpp"
#include "unit/fleet/hand_fleet.hpp"

using namespace polyfleet;
using doctest::Approx;

namespace {

constexpr double kWeeks = 4 * kWeek;
/// Shares of a year of a study of four weeks.
const double kYears = kWeeks * second / kMeanYear;

}  // namespace

TEST_CASE("the hand fleet: capacity, output and value") {
  const FleetRun run = simulate_fleet(hand_fleet());
  REQUIRE(run.feasible());
  const Ledger& book = run.ledger;
  CHECK(book.total(Account::delivered) == 10e3);
  CHECK(book.total(Account::installed) == Approx(10e3 * kWeeks));
  CHECK(book.total(Account::in_service) == Approx(9.5e3 * kWeeks));
  CHECK(book.total(Account::in_use) == Approx(6250 * kWeeks));
  CHECK(book.total(Account::installed_power) == Approx(20e6 * kWeeks));
  CHECK(book.total(Account::output_units) == Approx(50e3 * kWeeks));
  CHECK(book.total(Account::output_tokens) == Approx(5 * 50e3 * kWeeks));
  CHECK(book.total(Account::training_flop) == 0);
  CHECK(book.total(Account::unmet_units) == 0);
  CHECK(book.total(Account::revenue) == Approx(0.5 * kWeeks));
  REQUIRE(run.periods.size() == 4);
  CHECK(run.periods[2][0].in_use[0] == Approx(6250));
  CHECK(run.groups[0].name == "rack at north");
}

TEST_CASE("the hand fleet: energy, carbon and their cost") {
  const FleetRun run = simulate_fleet(hand_fleet());
  const Ledger& book = run.ledger;
  CHECK(book.total(Account::rack_energy) == Approx(-6e6 * kWeeks));
  CHECK(book.total(Account::delivery_loss) == Approx(-1.5e6 * kWeeks));
  CHECK(book.total(Account::cooling_energy) == Approx(-0.9e6 * kWeeks));
  CHECK(book.total(Account::grid_energy) == Approx(8.4e6 * kWeeks));
  CHECK(book.energy_imbalance() < 1e-9);
  LedgerQuery work;
  work.account = Account::rack_energy;
  work.workload = 0;
  CHECK(book.total(work) == Approx(-2.5e6 * kWeeks));  // above idle
  const double kilowatt_hours = 8.4e6 * kWeeks / 3.6e6;
  CHECK(book.total(Account::grid_cost) == Approx(-0.05 * kilowatt_hours));
  CHECK(book.total(Account::carbon_location) == Approx(400 * kilowatt_hours));
  CHECK(book.total(Account::carbon_market) == Approx(300 * kilowatt_hours));
  CHECK(book.total(Account::carbon_embodied) == Approx(1e4 * 1e6));
  CHECK(run.peak_watts[0][0] == Approx(8.4e6));
  CHECK(run.limited_hours[0] == 0);
}

TEST_CASE("the hand fleet: capital at delivery, upkeep, what is left") {
  const FleetRun run = simulate_fleet(hand_fleet());
  const Ledger& book = run.ledger;
  const double hardware = 10e3 * 30e3 * 1.2, facility = 20e6 * 10;
  CHECK(book.total(Account::hardware_capital) == Approx(-hardware));
  CHECK(book.total(Account::hardware_capital, 0) == Approx(-hardware));
  CHECK(book.total(Account::facility_capital) == Approx(-facility));
  CHECK(book.total(Account::upkeep) == Approx(-0.02 * (hardware + facility) * kYears));
  const double age = 3.5 / 4 * kYears;  // from the middle of the first week
  CHECK(book.total(Account::residual_value) ==
        Approx(hardware * (1 - age / 4) + facility * (1 - age / 16)));
  CHECK(book.total(Account::partner_rent) == 0);
}

TEST_CASE("existing accelerators have upkeep but no capital and nothing embodied") {
  FleetModel model = hand_fleet();
  model.phases[0].existing = true;
  model.phases[0].first_delivery = model.phases[0].last_delivery = -5000;
  const Ledger book = simulate_fleet(model).ledger;
  CHECK(book.total(Account::hardware_capital) == 0);
  CHECK(book.total(Account::facility_capital) == 0);
  CHECK(book.total(Account::residual_value) == 0);
  CHECK(book.total(Account::carbon_embodied) == 0);
  CHECK(book.total(Account::delivered) == 0);
  CHECK(book.total(Account::upkeep) == Approx(-0.02 * (360e6 + 200e6) * kYears));
}

TEST_CASE("take or pay is paid whatever is used, on demand only when used") {
  FleetModel model = hand_fleet();
  model.phases[0].rate = 2 * usd_per_hour;
  model.phases[0].ownership = Ownership::take_or_pay;
  Ledger book = simulate_fleet(model).ledger;
  CHECK(book.total(Account::partner_rent) == Approx(-10e3 * 2 * kWeeks / 3600));
  CHECK(book.total(Account::hardware_capital) == 0);
  CHECK(book.total(Account::facility_capital) == 0);
  CHECK(book.total(Account::upkeep) == 0);
  CHECK(book.total(Account::carbon_embodied) == Approx(1e10));
  CHECK(book.total(Account::grid_cost) < 0);
  model.phases[0].energy_included = true;
  book = simulate_fleet(model).ledger;
  CHECK(book.total(Account::grid_cost) == 0);
  CHECK(book.total(Account::carbon_location) > 0);
  model.phases[0].ownership = Ownership::on_demand;
  model.workloads[0].value = 1;  // worth it
  book = simulate_fleet(model).ledger;
  CHECK(book.total(Account::partner_rent) == Approx(-6250 * 2 * kWeeks / 3600));
  CHECK(book.total(Account::carbon_embodied) == Approx(6250 * 1e6 * kYears / 4));
  model.workloads[0].value = 1e-12;  // not worth it
  book = simulate_fleet(model).ledger;
  CHECK(book.total(Account::partner_rent) == 0);
  CHECK(book.total(Account::unmet_units) == Approx(50e3 * kWeeks));
  CHECK(book.total(Account::grid_energy) == 0);  // idle, it is somebody else's
}

TEST_CASE("demand above capacity: a share of it is served, a shortfall where it must") {
  FleetModel model = hand_fleet();
  model.workloads[0].demand = {{0, 100e3}};
  FleetRun run = simulate_fleet(model);
  CHECK(run.feasible());
  CHECK(run.ledger.total(Account::output_units) == Approx(100e3 * kWeeks * 95 / 125));
  CHECK(run.ledger.total(Account::unmet_units) == Approx(100e3 * kWeeks * 30 / 125));
  CHECK(run.ledger.total(Account::unmet_value) == Approx(-1 * kWeeks * 30 / 125));
  model.workloads[0].must = true;
  run = simulate_fleet(model);
  REQUIRE(run.shortfalls.size() == 4);
  CHECK(run.shortfalls[1].period == 1);
  CHECK(run.shortfalls[1].unmet[0] == Approx(30e3));
  REQUIRE_FALSE(run.shortfalls[1].binding.empty());
  CHECK(run.shortfalls[1].binding[0].what == "capacity of rack at north");
}

TEST_CASE("capacity below the peak cuts the hours above it, no others") {
  WeekShape halves{};
  for (std::size_t at = 0; at < 168; ++at) halves[at] = at % 2 == 0 ? 1.5 : 0.5;
  const WeekDemand week(&halves, 1.5), bursts(&halves, 3);
  CHECK(week.served(1.5) == 1);
  CHECK(week.served(1) == Approx(0.75));
  CHECK(week.served(0.4) == Approx(0.4));
  CHECK(week.served(0) == 0);
  CHECK(week.cut(1)[0] == Approx(1 / 0.75));
  CHECK(week.cut(1)[1] == Approx(0.5 / 0.75));
  CHECK(bursts.served(3) == 1);
  CHECK(bursts.served(2) == Approx(0.75));  // half of it is headroom
  CHECK(WeekDemand(nullptr, 1.25).served(1) == Approx(0.8));

  FleetModel model = hand_fleet();
  model.workloads[0].shape = halves;
  model.workloads[0].peak_over_mean = 1.5;
  model.workloads[0].demand = {{0, 95e3}};  // 9,500 accelerators are the mean
  const FleetRun run = simulate_fleet(model);
  CHECK(run.ledger.total(Account::output_units) == Approx(0.75 * 95e3 * kWeeks));
  CHECK(run.ledger.total(Account::unmet_units) == Approx(0.25 * 95e3 * kWeeks));
  // At the racks no more than all 9,500 at work and the rest parked.
  CHECK(run.peak_watts[0][0] == Approx(1.4 * (9500 * 1000 + 500 * 100)));
}

TEST_CASE("power above the connection never happens: what it cannot carry is unmet") {
  FleetModel model = hand_fleet();
  model.sites[0].limits = {{0, 3 * megawatt, ""}, {2 * 168, 5 * megawatt, ""}};
  const FleetRun run = simulate_fleet(model);
  CHECK(run.feasible());
  CHECK(run.ledger.total(Account::unmet_units, 0) > run.ledger.total(Account::unmet_units, 3));
  CHECK(run.ledger.total(Account::unmet_units, 3) > 0);
  for (std::size_t period = 0; period < 4; ++period)
    CHECK(run.peak_watts[0][period] <= (period < 2 ? 3e6 : 5e6) * (1 + 1e-9));
  CHECK(run.ledger.energy_imbalance() < 1e-9);
}

TEST_CASE("a future's factors work on what they name") {
  const FleetModel model = hand_fleet();
  const Ledger plan = simulate_fleet(model).ledger;
  FleetVariation variation;
  variation.price = {2};
  variation.carbon = {0.5};
  variation.demand = {1.1};
  variation.hardware_price = {0.9};
  Ledger book = simulate_fleet(model, variation).ledger;
  CHECK(book.total(Account::output_units) == Approx(1.1 * plan.total(Account::output_units)));
  CHECK(book.total(Account::hardware_capital) ==
        Approx(0.9 * plan.total(Account::hardware_capital)));
  const double energy = book.total(Account::grid_energy) / plan.total(Account::grid_energy);
  CHECK(book.total(Account::grid_cost) == Approx(2 * energy * plan.total(Account::grid_cost)));
  CHECK(book.total(Account::carbon_location) ==
        Approx(0.5 * energy * plan.total(Account::carbon_location)));
  variation = {};
  variation.speed = {0.8};
  variation.in_service = {0.9};
  book = simulate_fleet(model, variation).ledger;
  CHECK(book.total(Account::in_use) == Approx(1.25 * plan.total(Account::in_use)));
  CHECK(book.total(Account::in_service) == Approx(0.9 * plan.total(Account::in_service)));
  variation = {};
  variation.delay_hours = {168};
  book = simulate_fleet(model, variation).ledger;
  CHECK(book.total(Account::output_units, 0) == 0);
  CHECK(book.total(Account::hardware_capital, 1) == plan.total(Account::hardware_capital, 0));
  variation = {};
  variation.cancelled = {true};
  book = simulate_fleet(model, variation).ledger;
  CHECK(book.total(Account::output_units) == 0);
  CHECK(book.total(Account::hardware_capital) == 0);
}

TEST_CASE("software gets better: fewer accelerators for the same demand") {
  FleetModel model = hand_fleet();
  model.classes[0].maturity = {0, 0.75, 28 * day};
  const FleetRun run = simulate_fleet(model);
  // In the middle of the first week 1/8 of the way from 0.75 to 1.
  CHECK(run.periods[0][0].in_use[0] == Approx(6250 / (0.75 + 0.25 / 8)));
  CHECK(run.periods[3][0].in_use[0] == Approx(6250 / (0.75 + 0.25 * 7 / 8)));
  FleetVariation slower;
  slower.maturity = {2};
  CHECK(simulate_fleet(model, slower).periods[3][0].in_use[0] ==
        Approx(6250 / (0.75 + 0.25 * 7 / 16)));
}

TEST_CASE("a program's gigawatts have their days") {
  FleetModel model = hand_fleet();
  model.phases[0].power = 2.5 * gigawatt;
  model.phases[0].last_delivery = 500;
  const FleetRun run = simulate_fleet(model);
  REQUIRE(run.programs.size() == 1);
  CHECK(run.programs[0].program == "deal");
  CHECK(run.programs[0].gigawatts == std::vector<FleetHour>{200, 400});
  CHECK(run.programs[0].accepted_at_end == Approx(2.5));
}

TEST_CASE("a grid call sheds what gives way, and says how much") {
  FleetModel model = hand_fleet();
  model.workloads[0].sheddable = 1;
  SiteModel& site = model.sites[0];
  site.curtailment = CurtailmentContract{0.1, 100, 5, 24 * hour, {}, 0.1 * usd_per_kilowatt_hour};
  site.events = {{24, 10, 0.1, false}};
  const FleetRun run = simulate_fleet(model);
  const Ledger& book = run.ledger;
  // 10 h of 10 % of 8.4 MW, all from the 2.5 MW above idle at the racks
  CHECK(book.total(Account::shed_energy) == Approx(0.6e6 * 36e3));
  CHECK(book.total(Account::shed_units) == Approx(50e3 * 36e3 * (1 - std::cbrt(1 - 0.6 / 2.5))));
  CHECK(book.total(Account::output_units) + book.total(Account::shed_units) ==
        Approx(50e3 * kWeeks));
  CHECK(book.total(Account::limited_time) == Approx(36e3));
  CHECK(run.limited_hours[0] == 10);
  CHECK(book.total(Account::curtailment_income) == Approx(0.84e3 * 10 * 0.1));
  CHECK(book.energy_imbalance() < 1e-9);
}

TEST_CASE("a run without series has the same book; a stopped run says so") {
  const FleetModel model = hand_fleet();
  FleetRunOptions options;
  options.with_series = false;
  options.with_hourly = true;
  const FleetRun plain = simulate_fleet(model), bare = simulate_fleet(model, {}, options);
  CHECK(bare.periods.empty());
  CHECK(bare.binding.empty());
  REQUIRE(bare.hourly_grid.size() == 1);
  CHECK(bare.hourly_grid[0].size() == 28 * 24);
  REQUIRE(bare.ledger.rows().size() == plain.ledger.rows().size());
  for (std::size_t i = 0; i < plain.ledger.rows().size(); ++i)
    CHECK(bare.ledger.rows()[i].amount == plain.ledger.rows()[i].amount);
  const std::atomic<bool> stop{true};
  options.stop = &stop;
  const FleetRun stopped = simulate_fleet(model, {}, options);
  CHECK(stopped.interrupted);
  CHECK(stopped.ledger.total(Account::installed) == Approx(10e3 * kWeek));
}
