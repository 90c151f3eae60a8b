// A fleet study as numbers: sites, kinds of accelerators, phases of delivery, workloads with demand
// over time, and how fast and at what power each kind runs each workload. What documents say is
// resolved before (app/fleet_document), what the engine predicts comes in as WorkloadRate
// (app/fleet_rates). Accelerators of one phase are alike and counted, not listed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/site_energy.hpp"

namespace polyfleet {

/// Software of a new part gets better after its launch: the share of the mature rate that it
/// reaches, linear from `at_launch` on the launch day to 1 after `until_mature`.
struct MaturityPath {
  FleetHour launch = 0;
  double at_launch = 1;
  Seconds until_mature;
  double at(FleetHour hour) const;
};

/// One kind of accelerator in its system. Powers are of one accelerator with its share of node and
/// rack, at the rack's input.
struct DeviceClass {
  std::string id;  ///< as the scenario names it, usually the system
  std::string system, accelerator, vendor, name;
  int per_node = 8, per_domain = 8;
  Watts parked;   ///< switched off as far as it goes
  Watts idle;     ///< ready, no work
  Watts rated;    ///< at most
  Watts network;  ///< its share of scale-out switches and storage, in the three above
  Watts
      provisioned;  ///< at the meter, cooling and delivery included: what a gigawatt is divided by
  std::optional<Usd> price;  ///< with its share of system and network
  std::optional<UsdPerSecond> rental;
  GramsCo2e embodied;
  MaturityPath maturity;
  double in_service = 1;  ///< expected share of installed ones that work (failures, spares, upkeep)
  std::string power_basis, availability_basis;  ///< one sentence each
};

enum class Ownership { owned, take_or_pay, on_demand };

/// How late a phase may be. Quarters with their probabilities (sum 1); the plan counts no delay.
struct DelayDistribution {
  std::vector<double> quarters;  ///< probability of 0, 1, 2, ... quarters
};

struct FleetPhase {
  std::string id;
  std::string program;  ///< of which its gigawatts count ("amd_openai"); may be empty
  int site = 0, device_class = 0;
  Watts power;                                                   ///< at the meter as provisioned
  double accelerators = 0;                                       ///< power / provisioned, whole
  FleetHour ordered = 0, first_delivery = 0, last_delivery = 0;  ///< linear between the two
  Seconds acceptance;   ///< from delivery until it counts and works
  double rejected = 0;  ///< share that fails acceptance at first and comes a second time
  FleetHour retirement = kNoHour;
  DelayDistribution delay;
  Ownership ownership = Ownership::owned;
  UsdPerSecond rate;                                     ///< partner: of one accelerator
  bool energy_included = false;                          ///< partner pays electricity
  FleetHour contract_begin = 0, contract_end = kNoHour;  ///< partner
  bool existing = false;  ///< bought before the study: no capital in it
};

enum class WorkloadKind { pretraining, posttraining, chat, agents, video, research };

struct DemandPoint {
  FleetHour hour = 0;
  double per_second = 0;  ///< units of the workload
};

/// A run that must be done between two days.
struct Campaign {
  std::string id;
  FleetHour start = 0, deadline = 0;
  double amount = 0;  ///< units
};

struct FleetWorkload {
  std::string id, name, model;
  WorkloadKind kind = WorkloadKind::chat;
  std::string unit;                 ///< "output tokens", "training tokens", "videos", "H100-hours"
  std::vector<DemandPoint> demand;  ///< a stream; exponential between points, constant outside
  std::vector<Campaign> campaigns;  ///< or runs, in order, never two at once
  WeekShape shape{};                ///< mean 1
  double peak_over_mean = 1;        ///< capacity must meet the peak
  int utc_offset_minutes = 0;
  double value = 0;         ///< USD a unit: revenue where sold, else what unmet demand costs
  double value_growth = 0;  ///< a year, compound from the study's begin; negative: it falls
  bool sold = false;        ///< value is revenue
  bool must = false;        ///< demand that nothing meets makes the study infeasible
  double sheddable = 0;     ///< of its load, in a grid event
  bool gang = false;        ///< one group at a time (synchronous training)
  Seconds migration;        ///< of an accelerator that changes its workload
  std::vector<std::string> vendors;  ///< allowed; empty = all
  double flops_per_unit = 0;         ///< model FLOPs, for totals
  double total_per_unit = 1;         ///< tokens counted a unit (input and output), for totals
};

/// What the engine predicts for one workload on one class.
struct WorkloadRate {
  bool possible = false;
  std::string reason;        ///< why not
  double per_second = 0;     ///< units a second of one accelerator, mature software
  Watts active;              ///< mean draw at that rate, as DeviceClass powers
  double low = 1, high = 1;  ///< 80 % interval as factors on per_second
  double least_accelerators = 1;
  double most_accelerators = 0;  ///< of a gang: more gain nothing; 0 = none stated
  double goodput = 1;            ///< of a gang: useful share with failures and checkpoints
  std::string basis;             ///< plan or engine and layout, in words
};

enum class FleetObjective { cost, energy, carbon, output };

struct FleetVendorShare {
  std::string vendor;
  double least = 0, most = 1;  ///< of accelerator power in use
};

struct FleetPolicy {
  FleetObjective objective = FleetObjective::cost;
  double carbon_price = 0;  ///< USD a gram
  std::vector<FleetVendorShare> shares;
  bool park_idle = true;  ///< accelerators without work are parked
};

struct FleetFinance {
  double discount = 0;  ///< a year
  Seconds hardware_life, facility_life;
  double upkeep = 0;             ///< a year, of capital
  double network_and_other = 0;  ///< added to the price of accelerators, as share
};

struct FleetModel {
  std::string name, description;
  FleetTime time;
  std::vector<SiteModel> sites;
  std::vector<DeviceClass> classes;
  std::vector<FleetPhase> phases;
  std::vector<FleetWorkload> workloads;
  std::vector<std::vector<WorkloadRate>> rates;  ///< [workload][class]
  FleetPolicy policy;
  FleetFinance finance;
  std::vector<std::string> assumptions;  ///< what nobody stated, one sentence each
};

}  // namespace polyfleet
