// What a fleet of several generations and vendors could do in one period: least energy (or carbon,
// or cost) for each output, and at one output the trade of energy against cost, both from the
// allocation's own program (epsilon constraints). Each point says which generation does how much of
// each stage of the computation. Output is a common multiple of all demand, so that the mix of
// products stays what it is. Runs of training may be spread over groups here: a stage is many runs.
// Wrong where a site's power limit rests on hours (mean of the period) and in what moving costs.
#pragma once

#include <string>
#include <vector>

#include "fleet/allocation.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// One way to run the fleet. Sums over the period, with what is drawn without work.
struct FrontPoint {
  double output = 0;  ///< multiple of the demand of every workload
  Joules energy;
  GramsCo2e carbon;
  Usd cost;  ///< electricity, carbon at its price, use on demand
  std::vector<std::vector<double>> accelerators;  ///< [workload][group]
};

/// Of one stage, how its accelerators and their power spread over classes.
struct StageMix {
  WorkloadKind stage = WorkloadKind::chat;
  std::vector<double> accelerators;  ///< by class
  std::vector<Watts> power;          ///< by class, at the racks, at peak
};

struct FleetFront {
  int period = 0;
  double most_output = 0;                ///< the multiple of demand that limits allow
  std::vector<BindingLimit> limits;      ///< what forbids more
  std::vector<FrontPoint> least_energy;  ///< by output, ascending
  std::vector<FrontPoint> least_carbon;  ///< at the same outputs
  std::vector<FrontPoint> least_cost;    ///< at the same outputs
  double traded_output = 0;              ///< of `trade`: 1, or the most where that is less
  std::vector<FrontPoint> trade;         ///< least cost under a limit of energy, ascending energy
  std::vector<int> without_place;        ///< workloads that no group in service can run; left out
};

/// Precondition: points >= 2. A fleet without accelerators in service or demand has no points.
FleetFront fleet_front(const AllocationProblem& problem, const AllocationNames& names, int points);
/// Of the period in which the model's fleet stands at an hour of the study.
FleetFront fleet_front(const FleetModel& model, int period, int points);

/// The mix of a point by stage; stages without work are left out.
std::vector<StageMix> stage_mix(const FleetModel& model, const AllocationProblem& problem,
                                const FrontPoint& point);

}  // namespace polyfleet
