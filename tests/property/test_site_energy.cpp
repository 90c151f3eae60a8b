// Random sites, loads and events: energy balances, limits hold, money and carbon follow energy,
// a battery or gas never serves less.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fleet/site_energy.hpp"

using namespace polyfleet;

namespace {

const FleetTime kTime({2027, 12, 20}, {2028, 1, 10}, 7);  // over a new year

double within(double low, double high) {
  return low + (high - low) * *rc::gen::inRange(0, 10001) / 10000.0;
}

bool chance() { return *rc::gen::arbitrary<bool>(); }

HourlySeries series(double low, double high) {
  if (chance()) return HourlySeries(within(low, high));
  std::vector<double> values;
  const double period = *rc::gen::inRange(5, 60), phase = *rc::gen::inRange(0, 24);
  const double middle = within(low, high), swing = std::min(middle - low, high - middle);
  for (int h = 0; h < kTime.hours(); ++h)
    values.push_back(middle + swing * std::sin((h + phase) / period * 6.283185307179586));
  return HourlySeries(std::move(values));
}

SiteModel random_site() {
  SiteModel site;
  site.price = series(-0.05 / 3.6e6, 0.2 / 3.6e6);
  site.carbon = series(0, 600 / 3.6e6);
  site.pue = series(1, 1.4);
  site.delivery = within(0.9, 1);
  site.carbon_free_share = within(0, 1);
  site.price_growth = within(-0.1, 0.1);
  site.limits = {{*rc::gen::inRange(-50, 50), within(0, 300) * megawatt, ""}};
  if (chance()) site.limits.push_back({*rc::gen::inRange(50, 500), within(0, 300) * megawatt, ""});
  if (chance())
    site.battery = Battery{within(1, 50) * megawatt, within(1, 200) * megawatt_hour, within(0.6, 1),
                           *rc::gen::inRange(-10, 300)};
  if (chance())
    site.generation =
        OnSiteGeneration{within(1, 100) * megawatt, within(0.03, 0.1) * usd_per_kilowatt_hour,
                         450 * gram_co2e_per_kilowatt_hour, *rc::gen::inRange(-10, 300)};
  if (chance())
    site.curtailment =
        CurtailmentContract{within(0, 0.5),       within(0, 60),     10,
                            within(1, 12) * hour, 50 * usd_per_hour, 0.2 * usd_per_kilowatt_hour};
  FleetHour begin = 0;
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    begin += *rc::gen::inRange(1, 150);
    site.events.push_back({begin, *rc::gen::inRange(1, 40), within(0, 1), chance()});
  }
  return site;
}

WeekShape random_shape() {
  WeekShape shape;
  const double swing = within(0, 0.9);
  for (std::size_t h = 0; h < shape.size(); ++h)
    shape[h] = 1 + swing * std::sin(static_cast<double>(h) / 24 * 6.283185307179586);
  return shape;
}

SiteLoad random_load(const WeekShape& shape) {
  SiteLoad load;
  load.base = chance() ? Watts() : within(0, 60) * megawatt;
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
    SiteLoadPart part;
    part.active = within(0, 60) * megawatt;
    part.shape = chance() ? &shape : nullptr;
    part.shape_offset_minutes = *rc::gen::inRange(-840, 840);
    part.sheddable = within(0, 1);
    part.throttle = chance() ? 1 : 3;
    load.parts.push_back(part);
  }
  return load;
}

struct Played {
  std::vector<SiteEnergy> periods;
  std::vector<double> hourly;
  SiteState state;
  double shed() const {
    double sum = 0;
    for (const SiteEnergy& e : periods) sum += e.shed.base();
    return sum;
  }
};

Played play(const SiteModel& site, const SiteLoad& load) {
  Played played;
  for (int p = 0; p < kTime.periods(); ++p)
    played.periods.push_back(site_energy(site, load, kTime, p, {}, played.state, &played.hourly));
  return played;
}

}  // namespace

TEST_CASE("energy balances, limits hold, shares are shares") {
  CHECK(rc::check([] {
    const SiteModel site = random_site();
    const WeekShape shape = random_shape();
    const SiteLoad load = random_load(shape);
    const Played played = play(site, load);
    RC_ASSERT(static_cast<int>(played.hourly.size()) == kTime.hours());
    double grid = 0, stored = 0;
    for (const SiteEnergy& e : played.periods) {
      const double in = (e.grid + e.generation + e.discharge).base();
      const double used = (e.racks + e.delivery_loss + e.cooling + e.charge).base();
      RC_ASSERT(std::abs(in - used) <= 1e-9 * std::max(in, 1.0));
      for (const Joules each : {e.grid, e.generation, e.discharge, e.charge, e.racks, e.shed})
        RC_ASSERT(each.base() >= 0);
      for (std::size_t i = 0; i < e.served.size(); ++i) {
        RC_ASSERT(e.served[i] >= 0 && e.served[i] <= 1);
        RC_ASSERT(e.output[i] >= e.served[i] - 1e-12 && e.output[i] <= 1);
      }
      RC_ASSERT(e.unmet_hours <= e.limited_hours);
      RC_ASSERT(e.market.base() <= e.location.base() * (1 + 1e-12));
      grid += e.grid.base();
      if (site.battery) stored += e.charge.base() * site.battery->round_trip - e.discharge.base();
    }
    double integral = 0;
    for (int h = 0; h < kTime.hours(); ++h) {
      const double draw = played.hourly[static_cast<std::size_t>(h)];
      RC_ASSERT(draw >= 0 && draw <= site.grid_limit_at(h) / watt * (1 + 1e-9) + 1e-6);
      integral += draw * 3600;
    }
    RC_ASSERT(std::abs(integral - grid) <= 1e-9 * std::max(grid, 1.0));
    if (site.battery) {
      RC_ASSERT(std::abs(stored - played.state.charge.base()) <=
                1e-9 * std::max(1.0, site.battery->energy.base()));
      RC_ASSERT(played.state.charge.base() <= site.battery->energy.base());
    }
  }));
}

TEST_CASE("what is wanted is drawn or shed, and nobody else's money moves") {
  CHECK(rc::check([] {
    const SiteModel site = random_site();
    const WeekShape shape = random_shape();
    const SiteLoad load = random_load(shape);
    SiteModel plenty = site;
    plenty.limits = {{-100, 100 * gigawatt, ""}};
    plenty.events.clear();
    const Played free = play(plenty, load), bound = play(site, load);
    for (std::size_t p = 0; p < free.periods.size(); ++p) {
      const double wanted = free.periods[p].racks.base();
      const double got = (bound.periods[p].racks + bound.periods[p].shed).base();
      RC_ASSERT(std::abs(wanted - got) <= 1e-9 * std::max(wanted, 1.0));
      RC_ASSERT(free.periods[p].limited_hours == 0);
    }
  }));
}

TEST_CASE("a battery or gas never leaves more unserved; a battery earns its keep") {
  CHECK(rc::check([] {
    SiteModel site = random_site();
    const WeekShape shape = random_shape();
    const SiteLoad load = random_load(shape);
    site.battery.reset();
    SiteModel with = site;
    with.battery =
        Battery{within(1, 50) * megawatt, within(1, 200) * megawatt_hour, within(0.6, 1), 0};
    const Played alone = play(site, load), helped = play(with, load);
    RC_ASSERT(helped.shed() <= alone.shed() * (1 + 1e-9) + 1);
    SiteModel bigger = with;
    bigger.price = with.price = HourlySeries(0.05 / 3.6e6);  // no trade: shaving only
    with.price_growth = bigger.price_growth = 0;
    bigger.battery->power *= 2;
    bigger.battery->energy *= 2;
    RC_ASSERT(play(bigger, load).shed() <= play(with, load).shed() * (1 + 1e-9) + 1);
    SiteModel gas = site;
    gas.generation.reset();
    const Played without_gas = play(gas, load);
    gas.generation = OnSiteGeneration{20 * megawatt, 0.05 * usd_per_kilowatt_hour,
                                      450 * gram_co2e_per_kilowatt_hour, 0};
    RC_ASSERT(play(gas, load).shed() <= without_gas.shed() * (1 + 1e-9) + 1);
  }));
}

TEST_CASE("trading never pays more than what is still stored cost") {
  CHECK(rc::check([] {
    SiteModel site = random_site();
    site.limits = {{-100, 100 * gigawatt, ""}};
    site.events.clear();
    site.generation.reset();
    site.battery.reset();
    const WeekShape shape = random_shape();
    const SiteLoad load = random_load(shape);
    SiteModel with = site;
    with.battery =
        Battery{within(1, 50) * megawatt, within(1, 200) * megawatt_hour, within(0.6, 1), 0};
    const Played alone = play(site, load), traded = play(with, load);
    double before = 0, after = 0, scale = 1;
    for (std::size_t p = 0; p < alone.periods.size(); ++p) {
      before += alone.periods[p].grid_cost.base();
      after += traded.periods[p].grid_cost.base();
      scale += std::abs(alone.periods[p].grid_cost.base()) +
               std::abs(traded.periods[p].grid_cost.base());
    }
    const double stored = traded.state.charge.base() * traded.state.paid.base();
    RC_ASSERT(after - stored <= before + 1e-9 * scale);
  }));
}

TEST_CASE("the same question has the same answer, bit by bit") {
  CHECK(rc::check([] {
    const SiteModel site = random_site();
    const WeekShape shape = random_shape();
    const SiteLoad load = random_load(shape);
    const Played once = play(site, load), again = play(site, load);
    RC_ASSERT(once.hourly == again.hourly);
    RC_ASSERT(once.state.charge == again.state.charge);
    for (std::size_t p = 0; p < once.periods.size(); ++p)
      RC_ASSERT(once.periods[p].grid_cost == again.periods[p].grid_cost);
  }));
}
