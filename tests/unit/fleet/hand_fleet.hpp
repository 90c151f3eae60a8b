// One site, one class, one phase, one workload, with round numbers: what simulate_fleet says about
// it can be worked out on paper.
#pragma once

#include "fleet/fleet_run.hpp"

namespace polyfleet {

inline constexpr double kWeek = 7 * 86400.0;  // s

inline WorkloadRate hand_rate(double per_second) {
  WorkloadRate rate;
  rate.possible = true;
  rate.per_second = per_second;
  rate.active = 1 * kilowatt;
  return rate;
}

/// 10,000 accelerators from the first hour, 95 % in service, each good for 10 units a second at
/// 1 kW; 500 W idle, 100 W parked. Demand of 50,000 a second, with peaks a quarter above: 6,250 of
/// them. Power at the racks 6,250 x (0.5 + 0.8 x 0.5) kW + 3,750 x 0.1 kW = 6 MW. Meter over racks
/// 1 / 0.8 + 0.15 = 1.4.
inline FleetModel hand_fleet() {
  FleetModel model;
  model.time = FleetTime({2027, 1, 1}, {2027, 1, 29}, 7);
  SiteModel site;
  site.id = "north";
  site.price = HourlySeries((0.05 * usd_per_kilowatt_hour).base());
  site.carbon = HourlySeries((400 * gram_co2e_per_kilowatt_hour).base());
  site.carbon_free_share = 0.25;
  site.pue = HourlySeries(1.15);
  site.delivery = 0.8;
  site.limits = {{0, 100 * megawatt, ""}};
  site.facility_per_watt = 10 * usd;
  model.sites = {site};
  DeviceClass device;
  device.id = device.system = "rack";
  device.vendor = "vendor";
  device.parked = 100 * watt;
  device.idle = 500 * watt;
  device.rated = 1200 * watt;
  device.provisioned = 2 * kilowatt;
  device.price = 30e3 * usd;
  device.embodied = 1000 * kilogram_co2e;
  device.in_service = 0.95;
  model.classes = {device};
  FleetPhase phase;
  phase.id = "first";
  phase.program = "deal";
  phase.power = 20 * megawatt;
  phase.accelerators = 10e3;
  model.phases = {phase};
  FleetWorkload workload;
  workload.id = "chat";
  workload.unit = "output tokens";
  workload.demand = {{0, 50e3}};
  workload.peak_over_mean = 1.25;
  workload.value = 1e-5;
  workload.sold = true;
  workload.total_per_unit = 5;
  model.workloads = {workload};
  model.rates = {{hand_rate(10)}};
  model.finance.discount = 0.1;
  model.finance.hardware_life = 4 * kMeanYear;
  model.finance.facility_life = 16 * kMeanYear;
  model.finance.upkeep = 0.02;
  model.finance.network_and_other = 0.2;
  return model;
}

/// The workload of the hand fleet as a gang with one campaign of this many units.
inline FleetModel hand_campaign(double amount, FleetHour start, FleetHour deadline) {
  FleetModel model = hand_fleet();
  FleetWorkload& workload = model.workloads.front();
  workload.kind = WorkloadKind::pretraining;
  workload.demand.clear();
  workload.peak_over_mean = 1;
  workload.campaigns = {{"run", start, deadline, amount}};
  workload.gang = workload.must = true;
  workload.flops_per_unit = 6e12;
  model.rates[0][0].goodput = 0.9;
  return model;
}

}  // namespace polyfleet
