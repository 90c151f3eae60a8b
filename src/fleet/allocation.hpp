// Which accelerators run which workload in one period: a linear program over groups (one class at
// one site under one contract) and workloads, under capacity, power, vendor-share and migration
// limits. Least cost, energy or carbon, or most valuable output. Streams may be split freely; a
// gang (synchronous training) stays on one group, which is found by trying each (exact for one gang
// at a time; gangs are placed one after the other, so together they may be less than best).
//
// Order of what counts: what must be served; with `energy`, `carbon` and `output` then the value of
// all other demand (with `cost` it is part of the objective); then the objective; between equals
// the answer that draws less, then the one that moves less. Within a period all is steady: powers
// of unlike kinds add up, peaks of streams are taken to coincide.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fleet/fleet_model.hpp"

namespace polyfleet {

struct AllocationGroup {
  int site = 0, device_class = 0;
  std::string vendor;
  double accelerators = 0;  ///< in service
  Watts without_work;       ///< of one, idle or parked, at the racks
  UsdPerSecond on_use;      ///< on-demand price of one in use; 0 where owned or paid anyway
  bool energy_paid = true;  ///< false: the partner pays electricity
};

struct AllocationDemand {
  double per_second = 0;      ///< capacity wanted (peak of a stream, pace of a campaign)
  double mean_over_peak = 1;  ///< energy follows the mean
  double value = 0;           ///< USD a unit, lost where unmet
  bool must = false;
  int only_group = -1;  ///< a gang that has its place
  double least = 0;     ///< units a second that a campaign must do to keep its deadline
  Seconds migration;    ///< lost by each accelerator that changes to it; it works the rest
};

struct AllocationSite {
  Watts available;               ///< at the meter
  double facility_per_rack = 1;  ///< meter over racks: delivery and PUE
  UsdPerJoule price;
  GramsCo2ePerJoule carbon;
  Watts other;  ///< at the racks: what is not an accelerator of a group
};

struct AllocationProblem {
  Seconds length;  ///< of the period
  std::vector<AllocationGroup> groups;
  std::vector<AllocationDemand> demands;  ///< one a workload
  std::vector<AllocationSite> sites;
  /// Units a second and watts at the racks of one accelerator; 0 = cannot. [workload][group]
  std::vector<std::vector<double>> rate;
  std::vector<std::vector<double>> active;
  FleetPolicy policy;
  std::vector<std::vector<double>> previous;  ///< accelerators [workload][group]; empty at first
  /// Most of a period, with what is drawn without any work; not below that.
  std::optional<Joules> most_energy = std::nullopt;
  std::optional<GramsCo2e> most_carbon = std::nullopt;
};

/// A limit that binds, and what one unit more of it would save (of a demand or a vendor's least
/// share: one unit less). Of one more accelerator, what it draws without work is taken off.
struct BindingLimit {
  std::string what;  ///< "power of abilene", "capacity of amd_helios at milam", "demand of chat"
  std::string unit;  ///< of the limit: "MW", "accelerators", "output tokens/s", "% of power in use"
  double price = 0;  ///< a period and unit
  std::string saves;  ///< unit of the price: "USD", "J", "g CO2e", "USD of unmet demand", or the
                      ///< unit a second of the one workload that is not met
  double worth = 0;   ///< price times the limit: what orders them
};

struct Allocation {
  bool feasible = false;                          ///< every `must` and `least` is met
  std::vector<std::vector<double>> accelerators;  ///< [workload][group]
  std::vector<double> unmet;                      ///< units a second, by workload
  /// Accelerators by group; only at sites whose power does not suffice for all to be without work.
  std::vector<double> switched_off;
  /// USD (cost: energy, on-demand use, carbon at its price, unmet value), J or g a period, with
  /// what draws power whatever the answer; of `output`: USD of unmet value. Accelerators that are
  /// switched off count as without work.
  double objective = 0;
  std::vector<BindingLimit> binding;  ///< where feasible: what limits; else: what forbids
};

/// Names for messages.
struct AllocationNames {
  std::vector<std::string> workloads, units, groups, sites;
};

/// Solves the periods of one study in order, each from the last answer. Groups and workloads keep
/// their number and order over the calls of one Allocator.
class Allocator {
 public:
  explicit Allocator(AllocationNames names);
  ~Allocator();
  Allocator(Allocator&&) noexcept;

  /// An infeasible problem gives the answer that misses least (by value), with `feasible` false:
  /// more than 1e-7 of some `must` or `least` goes unserved. Shares of power are kept always.
  Allocation solve(const AllocationProblem& problem, bool with_binding = true);
  /// The group for gang `workload`: the best answer of all with the others re-allocated; -1 where
  /// none has room for its least (where that is zero: for any of it).
  int place_gang(const AllocationProblem& problem, int workload);

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

}  // namespace polyfleet
