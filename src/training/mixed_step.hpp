// Time, memory, energy and cost of one step of a mixed plan, exact in the schedule: every stage has
// its own accelerator's times, hand-over at a pool's border goes over the cross link, gradients are
// reduced inside each group, exchanged between groups, and each group updates its own copy of the
// optimiser states. Method and limits: docs/mixed.md. With like pools it equals
// training/estimate.hpp (with hybrid sharding over the groups) to rounding. Wrong where the
// gradient exchange competes with hand-overs for the same NICs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "training/layer_table.hpp"
#include "training/mixed_plan.hpp"
#include "training/step.hpp"

namespace polyfleet {

/// What plans over the same pools have in common.
struct MixedQuestion {
  ModelSpec model;
  std::vector<MixedPool> pools;
  const CrossNetwork* network = nullptr;
  const TrainingModels* models = nullptr;
  bool strict = false;  ///< without software-maturity factors
  bool with_memory = true;
  bool with_energy = true;
  bool with_interval = true;
};

/// Where a group's step goes. `own` holds the parts that a homogeneous step has (its `total` is
/// their sum, software included); everything below comes on top. The sum is the step's total.
struct GroupBreakdown {
  StepBreakdown own;
  Seconds border;          ///< exposed hand-over over links between pools, beyond `own.pipeline`
  Seconds cross_gradient;  ///< exposed exchange of gradients with other groups, network part
  Seconds staging;         ///< exposed copies through host memory, of hand-over and gradients
  Seconds waiting;         ///< for slower groups
  Seconds total() const { return own.total + border + cross_gradient + staging + waiting; }
};

/// One stage group within its replica group.
struct StageGroupResult {
  std::size_t pool = 0;
  std::int64_t devices = 0;
  double software = 1;           ///< maturity factor in force
  Seconds busy;                  ///< compute of its slowest stage, all micro-batches, with factor
  std::vector<StageCost> costs;  ///< per (virtual) stage, with factor; sends into the next stage
  std::vector<StageMemory> memory;  ///< per stage; empty when not asked for
  Bytes capacity;                   ///< usable memory of one device; zero where not published
  bool fits = true;
  StepEnergy energy;  ///< of its devices, waiting at waiting power
  std::optional<Usd> cost;
};

struct ReplicaGroupResult {
  GroupBreakdown where;
  Seconds pipeline;  ///< all micro-batches through all stages, with hand-over
  Seconds ready;     ///< when its gradients are reduced and exchanged
  std::vector<StageGroupResult> stages;
  double tokens = 0;  ///< of one step
};

struct MixedStep {
  Seconds total;
  Seconds low, high;  ///< 80 % interval: every pool at its own factors at once
  std::string interval_basis;
  double log_sigma = 0;  ///< of the step time, from kernel, collective and cross-link models
  std::vector<ReplicaGroupResult> groups;
  std::size_t slowest_group = 0;
  double tokens = 0;
  double tokens_per_second = 0;  ///< all devices
  Flops hardware_flops;          ///< all devices, recompute included
  bool fits_in_memory = true;
  StepEnergy energy;  ///< all pools; known only where each is
  std::optional<Usd> cost;
  std::vector<std::int64_t> devices_in_use;  ///< by pool
};

/// Where shared tables come from: `plan` is a whole_pipeline_plan; the table must have been made
/// for one with the same key (planner's time_key) on that pool's machine, and live through the
/// call.
using MixedTables = std::function<LayerTable&(std::size_t pool, const TrainingPlan& plan)>;

/// Precondition: mixed_plan_problems() is empty.
MixedStep mixed_step(const MixedQuestion& question, const MixedPlan& plan);
/// The same with tables that other plans of this question share.
MixedStep mixed_step(const MixedQuestion& question, const MixedPlan& plan,
                     const MixedTables& tables);

/// Stage hand-over from one device of `from` to one of `to` (neighbours in one pipeline, on
/// different pools), one micro-batch, and the gather inside the receiving tensor group.
struct BorderTime {
  Seconds network;  ///< over the link
  Seconds staging;
  Seconds gather;  ///< inside the receiving pool
  Seconds total() const { return network + staging + gather; }
};
BorderTime border_time(const MixedQuestion& question, const MixedPlan& plan,
                       const ReplicaGroup& group, const StageGroup& from, const StageGroup& to);

}  // namespace polyfleet
