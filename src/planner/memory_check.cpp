#include "planner/memory_check.hpp"

#include <algorithm>
#include <utility>

namespace polyfleet {

PipelineShape SearchUnit::shape(bool overlap) const {
  return {.schedule = split.schedule,
          .stages = split.pipeline,
          .virtual_stages = split.virtual_stages,
          .micro_batches = cut.micro_batches,
          .overlap_hand_over = overlap};
}

StageSet::Stages& StageSet::stages(bool paired) {
  std::optional<Stages>& slot = stages_[paired ? 1 : 0];
  if (slot) return *slot;
  slot.emplace();
  slot->index = paired ? shape_.paired : shape_.stages;
  std::reverse(slot->index.begin() + 1, slot->index.end());
  return *slot;
}

const StageInventory& StageSet::at(const SearchUnit& unit, std::size_t place, bool bare) {
  Stages& own = stages(is_paired(unit));
  plan_.schedule = is_paired(unit) ? Schedule::dual_pipe : Schedule::one_forward_one_backward;
  while (own.whole.size() <= place) {
    const auto stage = static_cast<std::size_t>(own.index[own.whole.size()]);
    StageInventory whole = stage_inventory(plan_, works_, shape_.layers, stage);
    std::vector<LayerInventory> layers = std::exchange(whole.layers, {});
    own.bare.push_back(whole);
    own.bare.back().embedding_saved = 0 * byte;
    whole.layers = std::move(layers);
    own.whole.push_back(std::move(whole));
  }
  StageInventory& inventory = (bare ? own.bare : own.whole)[place];
  set_in_flight(unit.shape(false), own.index[place], inventory);
  return inventory;
}

HeldParameters held_parameters(const ChunkLayers& whole_model, LayerWorks& works) {
  HeldParameters held;
  const auto add = [&](const LayerWork& work, double count) {
    held.dense += work.parameters * count;
    held.expert += work.expert_parameters * count;
    held.frozen += work.frozen_parameters * count;
  };
  for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
    for (const bool wide : {false, true}) {
      const int count = (wide ? whole_model.wide : whole_model.narrow)[kind];
      if (count > 0) add(works.layer(static_cast<LayerKind>(kind), wide), count);
    }
  }
  add(works.embedding(), 1);
  add(works.head(), 1);
  if (whole_model.mtp_modules > 0) add(works.mtp(), whole_model.mtp_modules);
  return held;
}

// States and buckets are sums over the parameters of a device, so the fullest device has at least
// those of the mean one; all else only adds. At the step (training/memory.cpp, consider_step) what
// is counted is the larger of two such sums.
bool MemoryCheck::exceeds_evenly(const SearchUnit& unit, TrainingPlan plan,
                                 const HeldParameters& held, std::span<const PlanSwitches> switches,
                                 Bytes limit) const {
  // both stages of a DualPipe device are held
  const bool paired = unit.split.schedule == Schedule::dual_pipe && unit.split.pipeline > 1;
  const double devices = static_cast<double>(unit.split.pipeline) / (paired ? 2 : 1);
  StageInventory mean;
  mean.parameters = held.dense / devices;
  mean.expert_parameters = held.expert / devices;
  mean.frozen_parameters = held.frozen / devices;
  plan.activation_offload = 0;
  plan.recompute = Recompute::none;
  return std::all_of(switches.begin(), switches.end(), [&](const PlanSwitches& each) {
    plan.sharding = each.sharding;
    plan.optimizer_offload = each.optimizer_offload;
    return stage_memory(plan, mean, overheads_).total * (1 - kBoundSlack) > limit;
  });
}

Bytes MemoryCheck::stage_bytes(const TrainingPlan& plan, const StageInventory& inventory) {
  ++work_;
  return stage_memory(plan, inventory, overheads_).total;
}

// Saved activations only add to what is left here: every other part is the same or grows with them
// (training/memory.cpp: the loss, or one layer made again; narrow gradients' copy at the step).
Bytes MemoryCheck::least(const SearchUnit& unit, TrainingPlan plan, StageSet& stages,
                         std::span<const PlanSwitches> switches, Bytes enough) {
  const std::size_t count = stages.count(unit);
  plan.activation_offload = 0;
  plan.recompute = Recompute::none;
  std::optional<Bytes> least;
  const PlanSwitches* last = nullptr;
  for (const PlanSwitches& each : switches) {
    const bool same = last != nullptr && last->sharding == each.sharding &&
                      last->optimizer_offload == each.optimizer_offload;
    last = &each;
    if (same) continue;  // overlaps hold nothing
    plan.sharding = each.sharding;
    plan.optimizer_offload = each.optimizer_offload;
    Bytes fullest;
    for (std::size_t i = 0; i < count; ++i) {
      fullest = max(fullest, stage_bytes(plan, stages.at(unit, i, true)));
      if ((least && fullest >= *least) || fullest > enough) break;  // another choice is leaner
    }
    least = least ? min(*least, fullest) : fullest;
  }
  return *least;
}

Bytes MemoryCheck::fullest(const SearchUnit& unit, const TrainingPlan& plan, StageSet& stages,
                           Bytes enough) {
  Bytes fullest;
  const std::size_t count = stages.count(unit);
  for (std::size_t i = 0; i < count; ++i) {
    fullest = max(fullest, stage_bytes(plan, stages.at(unit, i, false)));
    if (fullest > enough) break;
  }
  return fullest;
}

}  // namespace polyfleet
