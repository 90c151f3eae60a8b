// How accelerators arrive, are accepted and leave, in whole accelerators: a phase is delivered
// evenly between its first and last delivery; each part counts after its acceptance, a rejected
// share after a second one. Phases that are alike to the allocation form a group. Wrong where
// deliveries come in lumps: the plan states no lumps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// One phase at any hour, as planned or delayed. Counts are whole numbers.
class PhaseSchedule {
 public:
  /// A phase that exists already is not delayed. The contract of a partner and the retirement move
  /// with the delivery.
  PhaseSchedule(const FleetPhase& phase, int delay_hours, bool cancelled);

  /// Arrived so far, whatever left since.
  double delivered_by(FleetHour at) const;
  /// Accepted so far, whatever left since. Hand case: 100 accelerators evenly over 100 hours, 10 h
  /// acceptance, 20 % rejected: 80 % of 40 at hour 50 and 20 % of 30, 32 + 6.
  double accepted_by(FleetHour at) const;
  /// Means over [first, end) of what stands there and of what is accepted and stands.
  double mean_present(FleetHour first, FleetHour end) const;
  double mean_installed(FleetHour first, FleetHour end) const;
  /// Standing in the hour.
  double present(FleetHour at) const { return at < gone_ ? delivered_by(at) : 0; }
  /// Share of [first, end) under a partner's contract; 0 where owned or cancelled.
  double contracted(FleetHour first, FleetHour end) const;
  FleetHour gone() const { return gone_; }

 private:
  struct Arrivals {
    std::int64_t count = 0;
    FleetHour first = 0, last = 0;
    std::int64_t by(FleetHour at) const;
    /// Sum of by(h) over hours in [first, end).
    double hours(FleetHour first_hour, FleetHour end) const;
  };
  Arrivals delivered_, good_, second_;  ///< second: accepted at the second time
  FleetHour opened_ = 0, gone_ = kNoHour;
  FleetHour contract_begin_ = kNoHour, contract_end_ = kNoHour;
};

/// Phases that the allocation need not tell apart: one class at one site under one contract.
struct FleetGroup {
  int site = 0, device_class = 0;
  Ownership ownership = Ownership::owned;
  UsdPerSecond rate;  ///< partner: of one accelerator
  bool energy_included = false;
  std::vector<int> phases;
  std::string name;  ///< "amd_helios at milam"
};

/// In an order that does not depend on the order of the phases in the model.
std::vector<FleetGroup> fleet_groups(const FleetModel& model);

/// One phase in one period.
struct PhasePeriod {
  double delivered = 0;    ///< new in the period
  double present = 0;      ///< mean
  double present_end = 0;  ///< in the last hour
  double installed = 0;    ///< mean, accepted
  double contracted = 0;   ///< share of the period under contract
};

/// All phases over all periods.
class Rollout {
 public:
  /// Delays in hours and cancellations by phase; empty = as planned.
  Rollout(const FleetModel& model, const std::vector<int>& delay_hours = {},
          const std::vector<bool>& cancelled = {});

  const std::vector<FleetGroup>& groups() const { return groups_; }
  const PhaseSchedule& schedule(int phase) const {
    return schedules_[static_cast<std::size_t>(phase)];
  }
  const PhasePeriod& at(int phase, int period) const {
    return periods_[static_cast<std::size_t>(phase) * periods_a_phase_ + period];
  }
  /// Power as provisioned of a program's accelerators delivered or accepted by the hour, whatever
  /// left since.
  Watts delivered_power(const std::string& program, FleetHour at) const;
  Watts accepted_power(const std::string& program, FleetHour at) const;
  /// First hour, at most `latest`, by which this much of the program is accepted; kNoHour = never.
  FleetHour accepted_at(const std::string& program, Watts power, FleetHour latest) const;

 private:
  const FleetModel* model_;
  std::vector<FleetGroup> groups_;
  std::vector<PhaseSchedule> schedules_;
  std::vector<PhasePeriod> periods_;
  std::size_t periods_a_phase_ = 0;
};

}  // namespace polyfleet
