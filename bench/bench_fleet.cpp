// simulate_fleet on 16 GW: 30 phases of 4 classes on 10 sites, 8 workloads, 4 years, hours of
// energy and weeks of allocation; with the series that reports show, and as a future without them.
// Hand-made numbers of the announced programmes' size, so that this measures the simulation.
#include <benchmark/benchmark.h>

#include <cmath>

#include "fleet/fleet_run.hpp"

using namespace polyfleet;

namespace {

constexpr int kSites = 10, kPhases = 30, kClasses = 4, kWorkloads = 8;

SiteModel site_of(int number, const FleetTime& time) {
  SiteModel site;
  site.id = "site_" + std::to_string(number);
  std::vector<double> price, carbon, pue;
  for (int at = 0; at < time.hours(); ++at) {
    const double day = std::sin((at % 24 + number) * 0.2618), year = std::cos(at * 7.17e-4);
    price.push_back((0.04 + 0.002 * number + 0.02 * day + 0.01 * year) / 3.6e6);
    carbon.push_back((300 + 20 * number + 80 * day) / 3.6e6);
    pue.push_back(1.12 + 0.04 * day - 0.03 * year);
  }
  site.price = HourlySeries(price);
  site.carbon = HourlySeries(carbon);
  site.pue = HourlySeries(pue);
  site.delivery = 0.93;
  site.limits = {{0, 0.6 * gigawatt, ""}, {9000, 1.2 * gigawatt, ""}, {18000, 2 * gigawatt, ""}};
  site.facility_per_watt = 12 * usd;
  if (number % 3 == 0) site.battery = Battery{100 * megawatt, 400 * megawatt_hour, 0.88, 0};
  return site;
}

DeviceClass class_of(int number) {
  DeviceClass device;
  device.id = device.system = "class_" + std::to_string(number);
  device.vendor = number % 2 == 0 ? "amd" : "nvidia";
  device.parked = 150 * watt;
  device.idle = 400 * watt;
  device.rated = (1200 + 300.0 * number) * watt;
  device.provisioned = 1.35 * device.rated;
  device.price = (25e3 + 5e3 * number) * usd;
  device.embodied = 1500 * kilogram_co2e;
  device.maturity = {4000 * number, 0.7, 0.8 * kMeanYear};
  device.in_service = 0.96;
  return device;
}

FleetPhase phase_of(int number, const DeviceClass& device, int device_class) {
  FleetPhase phase;
  phase.id = "phase_" + std::to_string(number);
  phase.program = device.vendor;
  phase.site = number % kSites;
  phase.device_class = device_class;
  phase.power = 16.0 / kPhases * gigawatt;
  phase.accelerators = std::floor(phase.power / device.provisioned);
  phase.first_delivery = 900 * number - 2000;
  phase.last_delivery = phase.first_delivery + 4000;
  phase.acceptance = 30 * day;
  phase.rejected = 0.05;
  phase.existing = number < 3;
  return phase;
}

FleetWorkload workload_of(int number, const FleetTime& time) {
  FleetWorkload workload;
  workload.id = "workload_" + std::to_string(number);
  workload.unit = "tokens";
  workload.migration = 2 * hour;
  workload.value = 2e-6;
  workload.sold = true;
  workload.sheddable = 0.1 * number;
  if (number < 2) {
    workload.kind = WorkloadKind::pretraining;
    workload.gang = workload.must = true;
    for (int run = 0; run < 4; ++run)
      workload.campaigns.push_back({"run_" + std::to_string(run), 8000 * run + 500,
                                    8000 * run + 7000, 1e13 * std::pow(2, run)});
    return workload;
  }
  const double start = 2e7 * (number - 1);
  workload.demand = {{0, start}, {time.hours() / 2, 6 * start}, {time.hours(), 20 * start}};
  workload.peak_over_mean = 1.4;
  for (std::size_t at = 0; at < 168; ++at)
    workload.shape[at] = 1 + 0.3 * std::sin(static_cast<double>(at) * 0.2618);
  return workload;
}

FleetModel sixteen_gigawatts() {
  FleetModel model;
  model.time = FleetTime({2026, 10, 1}, {2030, 10, 1}, 7);
  for (int i = 0; i < kSites; ++i) model.sites.push_back(site_of(i, model.time));
  for (int i = 0; i < kClasses; ++i) model.classes.push_back(class_of(i));
  for (int i = 0; i < kPhases; ++i) {
    const int device = (i / 8) % kClasses;
    model.phases.push_back(phase_of(i, model.classes[static_cast<std::size_t>(device)], device));
  }
  for (int w = 0; w < kWorkloads; ++w) {
    model.workloads.push_back(workload_of(w, model.time));
    std::vector<WorkloadRate>& rates = model.rates.emplace_back();
    for (int c = 0; c < kClasses; ++c) {
      WorkloadRate rate;
      rate.possible = w < 7 || c > 0;
      rate.per_second = 800 * (1 + 0.5 * c) * (1 + 0.1 * ((w * 3 + c) % 5));
      rate.active = 0.8 * model.classes[static_cast<std::size_t>(c)].rated;
      rate.least_accelerators = w < 2 ? 4096 : 8;
      rate.goodput = 0.92;
      rates.push_back(rate);
    }
  }
  model.finance.discount = 0.08;
  model.finance.hardware_life = 5 * kMeanYear;
  model.finance.facility_life = 20 * kMeanYear;
  model.finance.upkeep = 0.03;
  model.finance.network_and_other = 0.25;
  return model;
}

void play(benchmark::State& state, const FleetModel& model, bool with_series) {
  FleetRunOptions options;
  options.with_series = with_series;
  double rows = 0, shortfalls = 0, unmet = 0;
  for (auto each : state) {
    const FleetRun run = simulate_fleet(model, {}, options);
    rows = static_cast<double>(run.ledger.rows().size());
    shortfalls = static_cast<double>(run.shortfalls.size());
    unmet = run.ledger.total(Account::unmet_units) / run.ledger.total(Account::output_units);
    if (run.ledger.energy_imbalance() > 1e-9) state.SkipWithError("energy does not balance");
  }
  state.counters["rows"] = rows;
  state.counters["shortfalls"] = shortfalls;
  state.counters["unmet_share"] = unmet;
}

void one_run_with_series(benchmark::State& state) { play(state, sixteen_gigawatts(), true); }
BENCHMARK(one_run_with_series)->Unit(benchmark::kMillisecond);

void one_future(benchmark::State& state) { play(state, sixteen_gigawatts(), false); }
BENCHMARK(one_future)->Unit(benchmark::kMillisecond);

/// The hardest: every demand must be met, half of them cannot, and one gang fits nowhere.
void one_future_that_falls_short(benchmark::State& state) {
  FleetModel model = sixteen_gigawatts();
  for (FleetWorkload& each : model.workloads) each.must = true;
  for (Campaign& each : model.workloads.front().campaigns) each.amount *= 1000;
  for (DemandPoint& each : model.workloads.back().demand) each.per_second *= 5;
  play(state, model, false);
}
BENCHMARK(one_future_that_falls_short)->Unit(benchmark::kMillisecond);

void one_future_of_least_carbon(benchmark::State& state) {
  FleetModel model = sixteen_gigawatts();
  model.policy.objective = FleetObjective::carbon;
  play(state, model, false);
}
BENCHMARK(one_future_of_least_carbon)->Unit(benchmark::kMillisecond);

/// All but the allocation and the sites: how accelerators arrive.
void rollout_of_a_future(benchmark::State& state) {
  const FleetModel model = sixteen_gigawatts();
  for (auto each : state) benchmark::DoNotOptimize(Rollout(model).at(3, 100).installed);
}
BENCHMARK(rollout_of_a_future)->Unit(benchmark::kMillisecond);

}  // namespace
