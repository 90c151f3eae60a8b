// The plans of a space, level by level: devices (tensor, context, data), then the cut of a layer
// (experts, sequence parallel, micro-batch), then the pipeline, then what is kept and what is run
// again, then the switches. Both the search and the enumeration that it is tested against take
// their plans from here, in the same order. Rules: an open list holds only values that can run; a
// stated combination that cannot run counts as one impossible plan, whatever hangs below it; a
// switch that has nothing to act on (overlap without an exchange, sequence parallel without a
// tensor group) is written as off, once.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "planner/plan_search.hpp"

namespace polyfleet {

/// Everything that fixes the operators of one device, and how often a step runs them.
struct PlanCut {
  int tensor = 1, context = 1, data = 1;
  int expert = 1, expert_tensor = 1;
  bool sequence_parallel = false;
  int micro_batch = 1;
  std::int64_t micro_batches = 1;  ///< per pipeline and step
  std::int64_t ranks() const { return std::int64_t{tensor} * context * data; }
  friend auto operator<=>(const PlanCut&, const PlanCut&) = default;
};

struct PlanSplit {
  int pipeline = 1;
  int virtual_stages = 1;
  Schedule schedule = Schedule::one_forward_one_backward;
};

/// What is kept for backward, what is run again, and whether hand-over hides.
struct PlanActivations {
  Recompute recompute = Recompute::none;
  int recompute_layers = 0;
  double offload = 0;
  bool pipeline_overlap = false;
};

/// What hangs below everything else: none of it changes the pipeline.
struct PlanSwitches {
  Sharding sharding = Sharding::none;
  bool optimizer_offload = false;
  bool gradient_overlap = false;
  bool parameter_overlap = false;
};

/// Values of one level; `impossible`: stated values that cannot run here.
template <class Value>
struct Candidates {
  std::vector<Value> values;
  std::int64_t impossible = 0;
};

class PlanCandidates {
 public:
  /// Keeps a reference to the question.
  explicit PlanCandidates(const PlanSearchQuestion& question);
  /// The same for a space that is part of another's: what the framework says of splits is known.
  PlanCandidates(const PlanSearchQuestion& question, const PlanCandidates& wider);

  /// Tensor, context and data degrees, the rest at 1. Without stated values: divisors.
  const Candidates<PlanCut>& devices() const { return devices_; }
  /// The cuts of a layer on these devices.
  Candidates<PlanCut> cuts(const PlanCut& devices) const;
  /// The values behind `cuts`, whatever the data degree is.
  std::vector<bool> sequence_parallels(const PlanCut& devices) const;
  std::vector<std::pair<int, int>> expert_cuts(const PlanCut& devices) const;
  std::vector<int> micro_batches(std::int64_t per_replica) const;
  bool experts_divide(const PlanCut& cut) const;
  bool stream_divides(const PlanCut& cut) const;
  Candidates<PlanSplit> splits(const PlanCut& cut) const;
  /// None, selective, full: those allowed.
  std::vector<Recompute> recompute_modes() const;
  std::vector<double> activation_offloads() const;
  std::vector<int> recompute_layers(int pipeline, Recompute mode) const;
  std::vector<bool> pipeline_overlaps(const PlanSplit& split) const;
  std::vector<PlanActivations> activations(const PlanSplit& split, Recompute mode) const;
  /// How many these are.
  std::int64_t activation_count(const PlanSplit& split, Recompute mode) const;
  std::vector<PlanSwitches> switches(const PlanCut& cut) const;
  std::int64_t switch_count(const PlanCut& cut) const;
  std::vector<PlanSwitches> switches(bool exchanges) const;
  /// Some state is held by several ranks, so that gradients are exchanged.
  bool exchanges(const PlanCut& cut) const;

  /// The framework's plan for a cut, completed.
  TrainingPlan plan(const PlanCut& cut, const PlanSplit& split, const PlanActivations& activations,
                    const PlanSwitches& switches) const;
  /// Layers (and what counts as such) that a split can hand out.
  std::int64_t layer_slots(int pipeline, int virtual_stages) const;
  const PlanSearchQuestion& question() const { return question_; }

 private:
  void add_all_devices();
  bool tensor_divides(int tensor) const;
  void note_slots();
  void add_devices(int tensor, int context);
  void add_schedule(const PlanCut& cut, int pipeline, Schedule schedule,
                    Candidates<PlanSplit>& splits) const;

  const PlanSearchQuestion& question_;
  const ModelSpec& model_;
  std::int64_t offered_, batch_, sequence_;
  Candidates<PlanCut> devices_;
  std::map<std::pair<int, int>, std::int64_t> slots_;  ///< by pipeline and virtual stages
  std::int64_t switch_count_[2] = {0, 0};              ///< without and with an exchange
};

/// Every plan of the space in order; returns the number of impossible ones. For tests and small
/// spaces: the search does not visit plans one by one.
std::int64_t for_each_plan(const PlanSearchQuestion& question,
                           const std::function<void(const TrainingPlan&)>& visit);

}  // namespace polyfleet
