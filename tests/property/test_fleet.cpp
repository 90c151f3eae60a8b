// Laws of a fleet played out on random studies: what is written balances and is conserved, the
// order of things changes nothing, and closed sums are the sums of their hours.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fleet/demand_curve.hpp"
#include "fleet/fleet_run.hpp"

using namespace polyfleet;

namespace {

int some(int low, int high) { return *rc::gen::inRange(low, high + 1); }
double between(double low, double high) { return low + (high - low) * some(0, 1000) / 1000.0; }

SiteModel some_site(int number, const FleetTime& time) {
  SiteModel site;
  site.id = "site" + std::to_string(number);
  std::vector<double> price, carbon;
  const double level = between(0, 0.1) / 3.6e6;
  for (int at = 0; at < time.hours(); ++at) {
    price.push_back(level * (1 + 1.5 * std::sin(at * 0.26 + number)));  // below zero at times
    carbon.push_back(1e-4 * (1 + 0.3 * std::cos(at * 0.26)));
  }
  site.price = HourlySeries(price);
  site.carbon = HourlySeries(carbon);
  site.pue = HourlySeries(between(1.02, 1.4));
  site.delivery = between(0.85, 1);
  site.limits = {{0, between(1, 30) * megawatt, ""}, {some(1, 1500), 40 * megawatt, ""}};
  site.facility_per_watt = 10 * usd;
  if (some(0, 2) == 0) site.battery = Battery{megawatt, 3 * megawatt_hour, 0.85, some(0, 900)};
  if (some(0, 2) == 0)
    site.generation = OnSiteGeneration{5 * megawatt, 0.05 * usd_per_kilowatt_hour,
                                       450 * gram_co2e_per_kilowatt_hour, some(0, 900)};
  if (some(0, 1) == 0) {
    site.curtailment = CurtailmentContract{0.2, 200, 5, 8 * hour, {}, UsdPerJoule()};
    site.events = {{some(0, 800), some(1, 8), 0.2, false}, {some(801, 1300), 5, 0.7, true}};
  }
  return site;
}

DeviceClass some_class(int number) {
  DeviceClass device;
  device.id = "class" + std::to_string(number);
  device.vendor = number == 0 ? "amd" : "nvidia";
  device.parked = between(0, 200) * watt;
  device.idle = device.parked + between(0, 400) * watt;
  device.provisioned = 2000 * watt;
  device.price = between(1e4, 5e4) * usd;
  device.embodied = 1e6 * gram_co2e;
  device.in_service = between(0.8, 1);
  device.maturity = {some(-1000, 1000), between(0.5, 1), between(0, 60) * day};
  return device;
}

FleetPhase some_phase(int number, int sites, int classes) {
  FleetPhase phase;
  phase.id = "phase" + std::to_string(number);
  phase.program = number % 2 == 0 ? "even" : "odd";
  phase.site = some(0, sites - 1);
  phase.device_class = some(0, classes - 1);
  phase.accelerators = 2 * some(1, 4000);
  phase.power = 2000 * watt * phase.accelerators;
  phase.first_delivery = some(-800, 1200);
  phase.last_delivery = phase.first_delivery + some(0, 900);
  phase.acceptance = between(0, 20) * day;
  phase.rejected = between(0, 0.3);
  phase.retirement = some(0, 3) == 0 ? phase.last_delivery + some(100, 900) : kNoHour;
  phase.ownership = static_cast<Ownership>(some(0, 2));
  phase.rate = phase.ownership == Ownership::owned ? UsdPerSecond() : 2 * usd_per_hour;
  phase.energy_included = phase.ownership != Ownership::owned && some(0, 1) == 0;
  phase.contract_begin = phase.first_delivery;
  phase.contract_end = some(0, 2) == 0 ? phase.first_delivery + some(200, 1500) : kNoHour;
  return phase;
}

FleetWorkload some_workload(int number) {
  FleetWorkload workload;
  workload.id = "workload" + std::to_string(number);
  workload.unit = "units";
  workload.value = between(0, 1e-4);
  workload.value_growth = between(-0.5, 0.5);
  workload.sold = some(0, 1) == 0;
  workload.must = some(0, 3) == 0;
  workload.sheddable = between(0, 1);
  workload.migration = between(0, 10) * hour;
  workload.gang = some(0, 2) == 0;
  workload.flops_per_unit = 1e12;
  if (some(0, 1) == 0) {
    workload.kind = WorkloadKind::pretraining;
    const int start = some(0, 500), middle = start + some(50, 600);
    workload.campaigns = {{"a", start, middle, between(1, 30) * 1e9},
                          {"b", middle, middle + some(50, 600), between(1, 30) * 1e9}};
    return workload;
  }
  workload.demand = {{some(-200, 300), between(0, 3e4)}, {some(400, 2000), between(0, 9e4)}};
  workload.peak_over_mean = between(1, 2);
  workload.utc_offset_minutes = some(-12, 12) * 60;
  for (std::size_t at = 0; at < 168; ++at) workload.shape[at] = at % 24 < 12 ? 1.4 : 0.6;
  if (some(0, 3) == 0) workload.vendors = {"amd"};
  return workload;
}

FleetModel some_fleet() {
  FleetModel model;
  model.time = FleetTime({2027, 12, 20}, {2028, 2, 20}, some(1, 14));
  const int sites = some(1, 3), classes = 2, workloads = some(1, 3), phases = some(1, 5);
  for (int i = 0; i < sites; ++i) model.sites.push_back(some_site(i, model.time));
  for (int i = 0; i < classes; ++i) model.classes.push_back(some_class(i));
  for (int i = 0; i < phases; ++i) model.phases.push_back(some_phase(i, sites, classes));
  for (int w = 0; w < workloads; ++w) {
    model.workloads.push_back(some_workload(w));
    model.rates.emplace_back();
    for (int c = 0; c < classes; ++c) {
      WorkloadRate rate;
      rate.possible = some(0, 4) > 0;
      rate.per_second = between(1, 20);
      rate.active = between(500, 1500) * watt;
      rate.least_accelerators = some(1, 500);
      rate.most_accelerators = some(0, 5000);
      rate.goodput = between(0.7, 1);
      model.rates.back().push_back(rate);
    }
  }
  model.policy.objective = static_cast<FleetObjective>(some(0, 3));
  model.policy.park_idle = some(0, 1) == 0;
  model.finance = {0.08, 4 * kMeanYear, 15 * kMeanYear, 0.02, 0.2};
  return model;
}

bool near(double a, double b, double scale, double tolerance = 1e-9) {
  return std::abs(a - b) <= tolerance * std::max(std::abs(scale), 1e-300);
}

double total(const Ledger& book, Account account, int workload, int period = LedgerQuery::kAny) {
  LedgerQuery query;
  query.account = account;
  query.workload = workload;
  query.period = period;
  return book.total(query);
}

}  // namespace

TEST_CASE("energy balances, capacity nests, no site draws more than it may") {
  CHECK(rc::check([] {
    const FleetModel model = some_fleet();
    const FleetRun run = simulate_fleet(model);
    RC_ASSERT(run.ledger.energy_imbalance() <= 1e-9);
    for (int period = 0; period < model.time.periods(); ++period) {
      const double installed = run.ledger.total(Account::installed, period);
      const double in_service = run.ledger.total(Account::in_service, period);
      RC_ASSERT(in_service <= installed * (1 + 1e-9));
      double groups = 0;
      for (const GroupPeriod& each : run.periods[static_cast<std::size_t>(period)])
        groups += each.installed * model.time.length(period).base();
      RC_ASSERT(near(installed, groups, groups));
      RC_ASSERT(run.ledger.total(Account::in_use, period) <= in_service * (1 + 1e-9));
      for (std::size_t s = 0; s < model.sites.size(); ++s) {
        Watts limit;
        for (int at = model.time.first_hour(period); at < model.time.end_hour(period); ++at)
          limit = max(limit, model.sites[s].limit_at(at));
        RC_ASSERT(run.peak_watts[s][static_cast<std::size_t>(period)] <= limit.base() * (1 + 1e-9));
      }
    }
  }));
}

TEST_CASE("what is wanted is done, shed or unmet; campaigns do no more than their amount") {
  CHECK(rc::check([] {
    const FleetModel model = some_fleet();
    const FleetRun run = simulate_fleet(model);
    for (int w = 0; w < static_cast<int>(model.workloads.size()); ++w) {
      const FleetWorkload& workload = model.workloads[static_cast<std::size_t>(w)];
      const double done = total(run.ledger, Account::output_units, w);
      RC_ASSERT(done >= 0);
      double worth = 0, missed = 0;
      for (int period = 0; period < model.time.periods(); ++period) {
        const FleetHour first = model.time.first_hour(period), end = model.time.end_hour(period);
        const double value = value_at(workload, model.time.middle(period));
        const double units = total(run.ledger, Account::output_units, w, period);
        const double lost = total(run.ledger, Account::shed_units, w, period) +
                            total(run.ledger, Account::unmet_units, w, period);
        worth += units * value;
        missed += lost * value;
        const double wanted =
            mean_demand(workload.demand, first, end) * model.time.length(period).base();
        if (workload.campaigns.empty()) RC_ASSERT(near(units + lost, wanted, wanted));
      }
      if (workload.sold) RC_ASSERT(near(total(run.ledger, Account::revenue, w), worth, worth));
      if (workload.campaigns.empty())
        RC_ASSERT(near(total(run.ledger, Account::unmet_value, w), -missed, worth + missed));
      double credited = 0;
      for (const CampaignOutcome& each : run.campaigns) {
        if (each.workload != w) continue;
        credited += each.done;
        RC_ASSERT(each.done <= each.amount * (1 + 1e-9));
        RC_ASSERT((each.finished == kNoHour) == (each.done < each.amount * (1 - 1e-6)));
      }
      if (!workload.campaigns.empty()) RC_ASSERT(near(credited, done, done));
    }
  }));
}

TEST_CASE("all that was ordered arrives, is paid for once and keeps less than it cost") {
  CHECK(rc::check([] {
    const FleetModel model = some_fleet();
    const FleetRun run = simulate_fleet(model);
    double capital = 0;
    for (std::size_t p = 0; p < model.phases.size(); ++p) {
      const FleetPhase& phase = model.phases[p];
      LedgerQuery query;
      query.account = Account::delivered;
      query.phase = static_cast<int>(p);
      const double delivered = run.ledger.total(query);
      RC_ASSERT(delivered == std::floor(delivered));
      RC_ASSERT(delivered <= phase.accelerators);
      if (phase.first_delivery >= 0 && phase.last_delivery < model.time.hours())
        RC_ASSERT(delivered == phase.accelerators);
      if (phase.ownership == Ownership::owned)
        capital += delivered * 1.2 *
                   model.classes[static_cast<std::size_t>(phase.device_class)].price->base();
    }
    RC_ASSERT(near(-run.ledger.total(Account::hardware_capital), capital, capital));
    const double kept = run.ledger.total(Account::residual_value);
    RC_ASSERT(kept >= 0);
    RC_ASSERT(kept <= capital - run.ledger.total(Account::facility_capital));
    const LedgerTotals totals(run.ledger, model.time);
    RC_ASSERT(near(totals.all(Account::upkeep), run.ledger.total(Account::upkeep),
                   run.ledger.total(Account::upkeep)));
  }));
}

TEST_CASE("the same study twice gives the same bytes, in any order of its phases") {
  CHECK(rc::check([] {
    const FleetModel model = some_fleet();
    const FleetRun first = simulate_fleet(model), again = simulate_fleet(model);
    FleetModel turned = model;
    std::vector<int> order(model.phases.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[static_cast<std::size_t>(some(0, static_cast<int>(i) - 1))]);
    for (std::size_t i = 0; i < order.size(); ++i)
      turned.phases[i] = model.phases[static_cast<std::size_t>(order[i])];
    const FleetRun other = simulate_fleet(turned);
    RC_ASSERT(first.ledger.rows().size() == again.ledger.rows().size());
    RC_ASSERT(first.ledger.rows().size() == other.ledger.rows().size());
    for (std::size_t i = 0; i < first.ledger.rows().size(); ++i) {
      const LedgerRow &a = first.ledger.rows()[i], &b = again.ledger.rows()[i],
                      &c = other.ledger.rows()[i];
      RC_ASSERT(a.amount == b.amount);
      RC_ASSERT(a.amount == c.amount);
      RC_ASSERT(a.account == c.account);
      RC_ASSERT(a.site == c.site);
      RC_ASSERT(a.phase == (c.phase < 0 ? -1 : order[static_cast<std::size_t>(c.phase)]));
    }
  }));
}

TEST_CASE("two halves of a phase are the phase: groups are exact") {
  CHECK(rc::check([] {
    FleetModel model = some_fleet();
    FleetPhase& phase = model.phases.front();
    phase.last_delivery = phase.first_delivery;  // a ramp rounds each half down
    phase.rejected = 0;
    FleetModel halved = model;
    halved.phases.front().accelerators /= 2;
    halved.phases.front().power /= 2;
    halved.phases.push_back(halved.phases.front());
    halved.phases.back().id = "half";
    const FleetRun whole = simulate_fleet(model), halves = simulate_fleet(halved);
    RC_ASSERT(whole.groups.size() == halves.groups.size());
    for (int i = 0; i < kAccounts; ++i) {
      const auto account = static_cast<Account>(i);
      double scale = 0;
      for (const LedgerRow& row : whole.ledger.rows())
        if (row.account == account) scale += std::abs(row.amount);
      RC_ASSERT(near(whole.ledger.total(account), halves.ledger.total(account), scale, 1e-11));
    }
  }));
}

TEST_CASE("the hours of a ramp: closed sums are sums") {
  CHECK(rc::check([] {
    FleetPhase phase = some_phase(0, 1, 1);
    phase.accelerators = some(0, 3000000);
    const PhaseSchedule schedule(phase, some(0, 500), false);
    const FleetHour first = some(-900, 2500), end = first + some(1, 400);
    double present = 0, before = 0;
    for (FleetHour at = first; at < end; ++at) {
      present += schedule.present(at);
      const double accepted = schedule.accepted_by(at);
      RC_ASSERT(accepted >= before);
      RC_ASSERT(accepted <= schedule.delivered_by(at));
      RC_ASSERT(accepted == std::floor(accepted));
      before = accepted;
    }
    RC_ASSERT(near(schedule.mean_present(first, end), present / (end - first), present + 1));
    RC_ASSERT(schedule.mean_installed(first, end) <= schedule.mean_present(first, end));
  }));
}

TEST_CASE("mean demand is the integral of the curve") {
  CHECK(rc::check([] {
    std::vector<DemandPoint> points;
    for (int at = some(-500, 500), count = some(1, 4); count > 0; --count, at += some(1, 600))
      points.push_back({at, some(0, 4) == 0 ? 0 : between(1, 1e6)});
    const FleetHour first = some(-700, 2000), end = first + some(1, 500);
    const FleetHour middle = first + some(0, end - first);
    const double whole = mean_demand(points, first, end) * (end - first);
    double parts = 0, low = 1e300, high = 0;
    if (middle > first) parts += mean_demand(points, first, middle) * (middle - first);
    if (end > middle) parts += mean_demand(points, middle, end) * (end - middle);
    RC_ASSERT(near(whole, parts, whole, 1e-9));
    for (const DemandPoint& each : points) {
      low = std::min(low, each.per_second);
      high = std::max(high, each.per_second);
    }
    RC_ASSERT(whole >= low * (end - first) * (1 - 1e-9));
    RC_ASSERT(whole <= high * (end - first) * (1 + 1e-9));
  }));
}
