// One site's hours: what the grid, gas, battery and shedding do, case by case.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "fleet/site_energy.hpp"

using namespace polyfleet;

namespace {

const FleetTime kStudyWeek({2026, 6, 1}, {2026, 6, 8}, 7);  // Monday to Monday

SiteModel plain_site() {
  SiteModel site;
  site.id = "site";
  site.price = HourlySeries((0.05 * usd_per_kilowatt_hour).base());
  site.carbon = HourlySeries((300 * gram_co2e_per_kilowatt_hour).base());
  site.pue = HourlySeries(1.1);
  site.delivery = 0.95;
  site.limits = {{-100, 200 * megawatt, ""}};
  site.carbon_free_share = 0.25;
  return site;
}

SiteLoad load_of(Watts base, Watts active, double sheddable = 0) {
  SiteLoad load;
  load.base = base;
  SiteLoadPart part;
  part.active = active;
  part.sheddable = sheddable;
  load.parts = {part};
  return load;
}

double imbalance(const SiteEnergy& e) {
  const double in = (e.grid + e.generation + e.discharge).base();
  const double used = (e.racks + e.delivery_loss + e.cooling + e.charge).base();
  return std::abs(in - used) / std::max(in, 1.0);
}

std::vector<double> daily(double low, double high) {
  std::vector<double> prices;
  for (int h = 0; h < kStudyWeek.hours(); ++h)
    prices.push_back(((h % 24 < 8                    ? low
                       : h % 24 >= 17 && h % 24 < 21 ? high
                                                     : (low + high) / 2) *
                      usd_per_kilowatt_hour)
                         .base());
  return prices;
}

}  // namespace

TEST_CASE("a constant load on the grid: energy, losses, money and carbon by hand") {
  const SiteModel site = plain_site();
  SiteState state;
  std::vector<double> hourly;
  const SiteEnergy e =
      site_energy(site, load_of(20 * megawatt, 80 * megawatt), kStudyWeek, 0, {}, state, &hourly);
  const double hours = 168;
  CHECK(e.racks / megawatt_hour == doctest::Approx(100 * hours));
  CHECK(e.delivery_loss / megawatt_hour == doctest::Approx(100 * hours * (1 / 0.95 - 1)));
  CHECK(e.cooling / megawatt_hour == doctest::Approx(100 * hours * 0.1));
  CHECK(e.grid_cost / usd == doctest::Approx(e.grid / kilowatt_hour * 0.05));
  CHECK(e.location / gram_co2e == doctest::Approx(e.grid / kilowatt_hour * 300));
  CHECK(e.market / e.location == doctest::Approx(0.75));
  CHECK(e.peak / megawatt == doctest::Approx(100 * (1 / 0.95 + 0.1)));
  CHECK(e.served == std::vector<double>{1});
  CHECK(imbalance(e) < 1e-12);
  REQUIRE(hourly.size() == 168);
  CHECK(hourly[3] * 3600 * hours == doctest::Approx(e.grid.base()));
}

TEST_CASE("the limit sheds what may give way first, then the rest, then the base") {
  SiteModel site = plain_site();
  SiteLoad load = load_of(20 * megawatt, 40 * megawatt, 0.5);
  load.parts.push_back(load.parts[0]);
  load.parts[1].sheddable = 0.25;
  const double factor = site.meter_per_rack(0);
  const auto with_limit = [&](Watts at_racks) {
    site.limits = {{0, at_racks * factor, ""}};
    SiteState state;
    return site_energy(site, load, kStudyWeek, 0, {}, state);
  };
  SUBCASE("the most sheddable part gives first") {
    const SiteEnergy e = with_limit(90 * megawatt);
    CHECK(e.served[0] == doctest::Approx(0.75));
    CHECK(e.served[1] == doctest::Approx(1));
    CHECK(e.limited_hours == 168);
    CHECK(e.unmet_hours == 0);
    CHECK(e.shed / megawatt_hour == doctest::Approx(10 * 168));
    CHECK(e.peak / megawatt == doctest::Approx(90 * factor));
  }
  SUBCASE("slower clocks cost less output than power") {
    load.parts[0].throttle = 3;
    const SiteEnergy e = with_limit(90 * megawatt);
    CHECK(e.served[0] == doctest::Approx(0.75));
    CHECK(e.output[0] == doctest::Approx(std::cbrt(0.75)));
    CHECK(e.output[1] == doctest::Approx(1));
  }
  SUBCASE("then the others, then all in proportion") {
    CHECK(with_limit(75 * megawatt).served[1] == doctest::Approx(0.875));
    const SiteEnergy e = with_limit(45 * megawatt);  // 70 - 45 beyond what may give way
    CHECK(e.unmet_hours == 168);
    CHECK(e.served[0] == doctest::Approx(0.5 * 25 / 50));
    CHECK(e.served[1] == doctest::Approx(0.75 * 25 / 50));
    CHECK(e.output[1] == doctest::Approx(e.served[1]));
  }
  SUBCASE("a dark site draws nothing") {
    const SiteEnergy e = with_limit(Watts());
    CHECK(e.grid == Joules());
    CHECK(e.served[0] == 0);
    CHECK(e.shed / megawatt_hour == doctest::Approx(100 * 168));
  }
  SUBCASE("before its connection a site has no power") {
    site.limits = {{24, 500 * megawatt, ""}};
    SiteState state;
    const SiteEnergy e = site_energy(site, load, kStudyWeek, 0, {}, state);
    CHECK(e.unmet_hours == 24);
    CHECK(e.served[0] == doctest::Approx(6.0 / 7));
  }
}

TEST_CASE("gas runs where the grid is dearer or short") {
  SiteModel site = plain_site();
  site.generation = OnSiteGeneration{30 * megawatt, 0.07 * usd_per_kilowatt_hour,
                                     400 * gram_co2e_per_kilowatt_hour, 0};
  const SiteLoad load = load_of(20 * megawatt, 80 * megawatt);
  SiteState state;
  CHECK(site_energy(site, load, kStudyWeek, 0, {}, state).generation == Joules());
  site.price = HourlySeries(daily(0.04, 0.12));
  const SiteEnergy dear = site_energy(site, load, kStudyWeek, 0, {}, state);
  CHECK(dear.generation / megawatt_hour == doctest::Approx(30 * 16 * 7));
  CHECK(dear.generation_cost / usd == doctest::Approx(dear.generation / kilowatt_hour * 0.07));
  CHECK(imbalance(dear) < 1e-12);
  site.price = HourlySeries((0.01 * usd_per_kilowatt_hour).base());
  site.limits = {{0, 100 * megawatt, ""}};
  const SiteEnergy shortage = site_energy(site, load, kStudyWeek, 0, {}, state);
  CHECK(shortage.served[0] == doctest::Approx(1));
  CHECK(shortage.generation / megawatt_hour ==
        doctest::Approx((100 * site.meter_per_rack(0) - 100) * 168));
}

TEST_CASE("a battery buys low, sells high and loses its round trip") {
  SiteModel site = plain_site();
  site.price = HourlySeries(daily(0.02, 0.12));
  const SiteLoad load = load_of(20 * megawatt, 80 * megawatt);
  SiteState none, state;
  const SiteEnergy without = site_energy(site, load, kStudyWeek, 0, {}, none);
  site.battery = Battery{20 * megawatt, 80 * megawatt_hour, 0.85, 0};
  const SiteEnergy with = site_energy(site, load, kStudyWeek, 0, {}, state);
  CHECK(with.discharge / megawatt_hour == doctest::Approx(80 * 7));
  CHECK(with.charge / megawatt_hour == doctest::Approx(80 * 7 / 0.85));
  CHECK(without.grid_cost / usd - with.grid_cost / usd ==
        doctest::Approx(80e3 * 7 * (0.12 - 0.02 / 0.85)));
  CHECK(imbalance(with) < 1e-12);
  site.price = HourlySeries(daily(0.11, 0.12));  // not worth its losses
  SiteState idle;
  CHECK(site_energy(site, load, kStudyWeek, 0, {}, idle).charge == Joules());
}

TEST_CASE("a battery carries peaks over the limit") {
  SiteModel site = plain_site();
  WeekShape shape;
  for (std::size_t h = 0; h < shape.size(); ++h) shape[h] = h % 24 >= 18 && h % 24 < 20 ? 1.5 : 1;
  SiteLoad load = load_of(20 * megawatt, 80 * megawatt);
  load.parts[0].shape = &shape;
  site.limits = {{0, 122 * megawatt, ""}};
  SiteState none, state;
  const SiteEnergy without = site_energy(site, load, kStudyWeek, 0, {}, none);
  CHECK(without.limited_hours == 14);
  site.battery = Battery{50 * megawatt, 200 * megawatt_hour, 0.9, 0};
  const SiteEnergy with = site_energy(site, load, kStudyWeek, 0, {}, state);
  CHECK(with.limited_hours == 0);
  CHECK(with.peak / megawatt <= 122 * (1 + 1e-12));
  CHECK(with.served[0] == 1);
}

TEST_CASE("what was bought dear is not sold cheap on the next day") {
  SiteModel site = plain_site();
  std::vector<double> prices;
  for (int h = 0; h < kStudyWeek.hours(); ++h) {
    const bool first_day = h < 24;
    const double price = first_day ? (h >= 20 ? 0.10 : 0.20) : h % 24 < 12 ? 0.09 : 0.08;
    prices.push_back((price * usd_per_kilowatt_hour).base());
  }
  site.price = HourlySeries(prices);
  site.battery = Battery{20 * megawatt, 60 * megawatt_hour, 0.95, 0};
  SiteState state;
  const SiteEnergy e =
      site_energy(site, load_of(20 * megawatt, 80 * megawatt), kStudyWeek, 0, {}, state);
  CHECK(e.charge / megawatt_hour == doctest::Approx(60 / 0.95));
  CHECK(e.discharge == Joules());
  CHECK(state.paid / usd_per_kilowatt_hour == doctest::Approx(0.10 / 0.95));
}

TEST_CASE("on a day with a shortage the battery waits for it") {
  SiteModel site = plain_site();
  std::vector<double> prices;
  for (int h = 0; h < kStudyWeek.hours(); ++h)
    prices.push_back(((h % 24 < 6    ? 0.02
                       : h % 24 < 12 ? 0.20
                                     : 0.05) *
                      usd_per_kilowatt_hour)
                         .base());
  site.price = HourlySeries(prices);
  site.battery = Battery{60 * megawatt, 180 * megawatt_hour, 0.9, 0};
  site.limits = {{0, 150 * megawatt, ""}};
  site.events = {{24 * 3 + 18, 2, 0.5, true}};
  const SiteLoad load = load_of(20 * megawatt, 80 * megawatt);
  SiteState state;
  const SiteEnergy e = site_energy(site, load, kStudyWeek, 0, {}, state);
  CHECK(e.limited_hours == 0);                   // 115 - 75 MW for two hours are in the battery
  CHECK(e.discharge / megawatt_hour > 180 * 4);  // and it traded on the days before and after
}

TEST_CASE("the week's shape runs on over the end of the week, in its users' time") {
  const SiteModel site = plain_site();
  const FleetTime time({2026, 6, 3}, {2026, 6, 24}, 9);  // from a Wednesday
  WeekShape shape;
  for (std::size_t h = 0; h < shape.size(); ++h) shape[h] = 0.5 + static_cast<double>(h) / 167;
  SiteLoad load = load_of(20 * megawatt, 60 * megawatt);
  load.parts[0].shape = &shape;
  load.parts[0].shape_offset_minutes = -330;
  SiteState state;
  std::vector<double> hourly;
  for (int p = 0; p < time.periods(); ++p) site_energy(site, load, time, p, {}, state, &hourly);
  REQUIRE(static_cast<int>(hourly.size()) == time.hours());
  for (int h = 0; h < time.hours(); ++h) {
    const auto of_week = static_cast<std::size_t>(time.hour_of_week(h, -330));
    CHECK(hourly[static_cast<std::size_t>(h)] ==
          doctest::Approx((20e6 + 60e6 * shape[of_week]) * site.meter_per_rack(h)));
  }
}

TEST_CASE("calls take their share within the contract, outages theirs of the connection") {
  SiteModel site = plain_site();
  const double factor = site.meter_per_rack(0);
  const SiteLoad load = load_of(20 * megawatt, 80 * megawatt, 0.5);
  site.curtailment = CurtailmentContract{.share = 0.25,
                                         .hours_a_year = 5,
                                         .calls_a_year = 10,
                                         .longest_call = 3 * hour,
                                         .standing = 100 * usd_per_hour,
                                         .called = 0.5 * usd_per_kilowatt_hour};
  site.events = {{10, 6, 0.25, false}, {40, 6, 0.25, false}};
  SiteState state;
  const SiteEnergy e = site_energy(site, load, kStudyWeek, 0, {}, state);
  CHECK(e.limited_hours ==
        5);  // 3 of the first call, 2 of the second: the year's hours are used up
  CHECK(state.curtailed_hours == 5);
  CHECK(e.shed / megawatt_hour == doctest::Approx(25 * 5));
  CHECK(e.curtailment_paid / usd == doctest::Approx(100 * 168 + 25e3 * factor * 5 * 0.5));
  SUBCASE("next year the hours count anew") {
    state.year = 2025;
    SiteEnergy next = site_energy(site, load, kStudyWeek, 0, {}, state);
    CHECK(next.limited_hours == 5);
  }
  SUBCASE("nobody calls a site without a contract") {
    site.curtailment.reset();
    CHECK(site_energy(site, load, kStudyWeek, 0, {}, state).limited_hours == 0);
  }
  SUBCASE("an outage darkens the site, a future's events replace its own") {
    const std::vector<SupplyEvent> outage{{100, 4, 1, true}};
    SiteFactors factors;
    factors.events = &outage;
    const SiteEnergy dark = site_energy(site, load, kStudyWeek, 0, factors, state);
    CHECK(dark.unmet_hours == 4);
    CHECK(dark.racks / megawatt_hour == doctest::Approx(100 * 164));
  }
}

TEST_CASE("growth and factors multiply price and carbon") {
  SiteModel site = plain_site();
  const FleetTime years({2026, 1, 1}, {2028, 1, 1}, 7);
  const SiteLoad load = load_of(20 * megawatt, 80 * megawatt);
  SiteState state;
  const int later = years.period_of(365 * 24);
  const SiteEnergy flat = site_energy(site, load, years, later, {}, state);
  site.price_growth = 0.1;
  site.carbon_growth = -0.05;
  const SiteEnergy grown = site_energy(site, load, years, later, {2, 0.5, nullptr}, state);
  CHECK(grown.grid_cost / flat.grid_cost == doctest::Approx(2 * 1.1).epsilon(0.002));
  CHECK(grown.location / flat.location == doctest::Approx(0.5 * 0.95).epsilon(0.002));
}

TEST_CASE("the quick and the exact way agree to rounding") {
  SiteModel site = plain_site();
  std::vector<double> pue, price;
  for (int h = 0; h < kStudyWeek.hours(); ++h) {
    pue.push_back(1.05 + 0.001 * (h % 24));
    price.push_back(1e-8 * (h % 31 - 3));
  }
  site.pue = HourlySeries(pue);
  site.price = HourlySeries(price);
  WeekShape shape;
  for (std::size_t h = 0; h < shape.size(); ++h) shape[h] = 0.5 + static_cast<double>(h) / 167;
  SiteLoad load = load_of(20 * megawatt, 60 * megawatt);
  load.parts[0].shape = &shape;
  load.parts[0].shape_offset_minutes = -330;
  SiteState state;
  const SiteEnergy quick = site_energy(site, load, kStudyWeek, 0, {}, state);
  site.events = {{5, 1, 0, true}};  // an outage of nothing forces the exact way
  const SiteEnergy exact = site_energy(site, load, kStudyWeek, 0, {}, state);
  CHECK(exact.grid.base() == doctest::Approx(quick.grid.base()).epsilon(1e-13));
  CHECK(exact.grid_cost.base() == doctest::Approx(quick.grid_cost.base()).epsilon(1e-12));
  CHECK(exact.location.base() == doctest::Approx(quick.location.base()).epsilon(1e-13));
  CHECK(exact.cooling.base() == doctest::Approx(quick.cooling.base()).epsilon(1e-12));
  CHECK(exact.peak / watt == doctest::Approx(quick.peak / watt).epsilon(1e-13));
}
