// What the allocation is told: limits, prices, values and who may run what.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "unit/fleet/hand_fleet.hpp"

using namespace polyfleet;
using doctest::Approx;

namespace {

double met(const FleetModel& model, int period) {
  return simulate_fleet(model).ledger.total(Account::output_units, period) / (50e3 * kWeek);
}

}  // namespace

TEST_CASE("demand is served where its value covers the electricity that it adds") {
  FleetModel model = hand_fleet();
  // 0.9 kW above parked x 1.4 x 0.05 $/kWh, 36,000 units an hour: 1.75e-6 $ each, at any peak.
  model.workloads[0].value = 1.70e-6;
  CHECK(met(model, 0) == 0);
  model.workloads[0].value = 1.80e-6;
  CHECK(met(model, 0) == Approx(1));
  model.sites[0].price_growth = 1;  // doubles in a year: 1.85e-6 in the fourth week
  CHECK(met(model, 3) == 0);
  model.sites[0].price_growth = 0;
  FleetVariation dearer;
  dearer.price_growth = {2};
  const Ledger book = simulate_fleet(model, dearer).ledger;
  CHECK(book.total(Account::output_units, 0) > 0);
  CHECK(book.total(Account::output_units, 3) == 0);
}

TEST_CASE("what a unit is worth may fall over the years: in decisions and in revenue") {
  FleetModel model = hand_fleet();
  model.workloads[0].value = 1.80e-6;
  model.workloads[0].value_growth = -0.5;  // 1.75e-6 of electricity is more after two weeks
  const Ledger book = simulate_fleet(model).ledger;
  const auto revenue = [&](int period) { return book.total(Account::revenue, period); };
  CHECK(revenue(0) == Approx(1.8e-6 * 50e3 * kWeek * std::pow(0.5, 3.5 * day / kMeanYear)));
  CHECK(revenue(1) / revenue(0) == Approx(std::pow(0.5, 7 * day / kMeanYear)));
  CHECK(revenue(3) == 0);
  CHECK(book.total(Account::unmet_value, 3) ==
        Approx(-1.8e-6 * 50e3 * kWeek * std::pow(0.5, 24.5 * day / kMeanYear)));
}

TEST_CASE("a site that makes its own power decides by what that costs") {
  FleetModel model = hand_fleet();
  model.sites[0].limits = {{0, 10 * megawatt, ""}};
  model.sites[0].generation = OnSiteGeneration{10 * megawatt, 0.15 * usd_per_kilowatt_hour,
                                               500 * gram_co2e_per_kilowatt_hour, 168};
  model.workloads[0].value = 3.4e-6;  // 1.75e-6 from the grid, 3.5e-6 with half of it made
  CHECK(met(model, 0) == Approx(1));
  CHECK(met(model, 1) == 0);
  model.workloads[0].value = 3.6e-6;
  CHECK(met(model, 1) == Approx(1));
  // The dispatch knows better: the grid alone can carry it and is cheaper.
  CHECK(simulate_fleet(model).ledger.total(Account::generated_energy) == 0);
}

TEST_CASE("who cannot run it, may not, or is too few does not") {
  FleetModel model = hand_fleet();
  model.workloads[0].vendors = {"other", "vendor"};
  CHECK(met(model, 0) == Approx(1));
  model.workloads[0].vendors = {"other"};
  CHECK(met(model, 0) == 0);
  model.workloads[0].vendors.clear();
  model.rates[0][0].possible = false;
  CHECK(met(model, 0) == 0);
  model.rates[0][0].possible = true;
  model.rates[0][0].least_accelerators = 9500;
  CHECK(met(model, 0) == Approx(1));
  model.rates[0][0].least_accelerators = 9501;
  CHECK(met(model, 0) == 0);
}

TEST_CASE("the lowest limit of a period counts, in its hottest hour") {
  FleetModel model = hand_fleet();
  model.sites[0].limits = {
      {0, 9.5 * megawatt, ""}, {84, 4.2 * megawatt, ""}, {168, 9.5 * megawatt, ""}};
  FleetRun run = simulate_fleet(model);
  CHECK(run.limited_hours[0] == 0);
  CHECK(run.ledger.total(Account::unmet_units, 0) > 0);
  CHECK(run.ledger.total(Account::unmet_units, 1) == 0);
  std::vector<double> pue(28 * 24, 1.15);
  pue[100] = 1.75;  // meter over racks 2 instead of 1.4
  model.sites[0].pue = HourlySeries(pue);
  model.sites[0].limits = {{0, 12 * megawatt, ""}};
  model.workloads[0].peak_over_mean = 1;
  model.workloads[0].demand = {{0, 80e3}};
  run = simulate_fleet(model);
  CHECK(run.limited_hours[0] == 0);
  CHECK(run.peak_watts[0][0] == Approx(12e6));
  CHECK(run.ledger.total(Account::unmet_units, 0) > 0);
  CHECK(run.ledger.total(Account::unmet_units, 1) == 0);
}

TEST_CASE("what may give way gives way first") {
  FleetModel model = hand_fleet();
  FleetWorkload batch = model.workloads[0];
  batch.id = "batch";
  batch.demand = {{0, 20e3}};
  batch.sheddable = 0.5;
  model.workloads.push_back(batch);
  model.rates.push_back(model.rates[0]);
  model.sites[0].curtailment = CurtailmentContract{0.05, 100, 5, 24 * hour, {}, {}};
  model.sites[0].events = {{24, 10, 0.05, false}};
  const Ledger book = simulate_fleet(model).ledger;
  LedgerQuery query;
  query.account = Account::shed_units;
  query.workload = 0;
  CHECK(book.total(query) == 0);
  query.workload = 1;
  CHECK(book.total(query) > 0);
}

TEST_CASE("users' evenings are theirs: the week's shape moves with the offset") {
  FleetModel model = hand_fleet();
  FleetWorkload& chat = model.workloads[0];
  for (std::size_t at = 0; at < 168; ++at) chat.shape[at] = at % 24 == 20 ? 1.23 : 0.99;
  chat.utc_offset_minutes = -5 * 60;
  FleetRunOptions options;
  options.with_hourly = true;
  const std::vector<double> draw = simulate_fleet(model, {}, options).hourly_grid[0];
  for (int at = 0; at < 28 * 24; ++at)
    CHECK((draw[static_cast<std::size_t>(at)] > 8.5e6) == (at % 24 == 1));
}

TEST_CASE("what waits for acceptance idles, what is out of service is parked") {
  FleetModel model = hand_fleet();
  model.workloads[0].demand = {{0, 0}};
  model.phases[0].acceptance = 14 * day;
  const Ledger book = simulate_fleet(model).ledger;
  CHECK(book.total(Account::rack_energy, 1) == Approx(-10e3 * 500 * kWeek));
  CHECK(book.total(Account::rack_energy, 2) == Approx(-10e3 * 100 * kWeek));
  CHECK(book.total(Account::installed, 1) == 0);
  model.policy.park_idle = false;
  CHECK(simulate_fleet(model).ledger.total(Account::rack_energy, 2) ==
        Approx(-(9500 * 500 + 500 * 100) * kWeek));
}

TEST_CASE("what has retired is worth nothing at the end, and its hall is used again") {
  FleetModel model = hand_fleet();
  model.phases[0].retirement = 14 * 24;
  FleetPhase second = model.phases[0];
  second.id = "second";
  second.first_delivery = second.last_delivery = 14 * 24;
  second.retirement = kNoHour;
  second.accelerators = 5e3;
  second.power = 10 * megawatt;
  model.phases.push_back(second);
  const Ledger book = simulate_fleet(model).ledger;
  CHECK(book.total(Account::facility_capital) == Approx(-200e6));
  CHECK(book.total(Account::hardware_capital) == Approx(-15e3 * 36e3));
  LedgerQuery left;
  left.account = Account::residual_value;
  left.phase = 0;
  CHECK(book.total(left) == 0);
  left.phase = 1;
  CHECK(book.total(left) == Approx(5e3 * 36e3 * (1 - 10.5 * day / (4 * kMeanYear))));
  CHECK(book.total(Account::installed) == Approx(10e3 * 2 * kWeek + 5e3 * 2 * kWeek));
}
