#include "planner/memory_check.hpp"

#include <algorithm>

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
  plan_.schedule = paired ? Schedule::dual_pipe : Schedule::one_forward_one_backward;
  for (const int stage : slot->index) {
    slot->whole.push_back(
        stage_inventory(plan_, works_, shape_.layers, static_cast<std::size_t>(stage)));
    slot->bare.push_back(slot->whole.back());
    slot->bare.back().layers.clear();
    slot->bare.back().embedding_saved = 0 * byte;
  }
  return *slot;
}

std::span<const StageInventory> StageSet::of(const SearchUnit& unit, bool bare) {
  const PipelineShape shape = unit.shape(false);
  Stages& own = stages(shape.schedule == Schedule::dual_pipe && shape.stages > 1);
  std::vector<StageInventory>& inventories = bare ? own.bare : own.whole;
  for (std::size_t i = 0; i < inventories.size(); ++i)
    set_in_flight(shape, own.index[i], inventories[i]);
  return inventories;
}

Bytes MemoryCheck::stage_bytes(const TrainingPlan& plan, const StageInventory& inventory) {
  ++work_;
  return stage_memory(plan, inventory, overheads_).total;
}

// Saved activations only add to what is left here: every other part is the same or grows with them
// (training/memory.cpp: the loss, or one layer made again; narrow gradients' copy at the step).
Bytes MemoryCheck::least(const SearchUnit& unit, TrainingPlan plan, StageSet& stages,
                         std::span<const PlanSwitches> switches) {
  const std::span<const StageInventory> bare = stages.of(unit, true);
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
    for (const StageInventory& stage : bare) {
      fullest = max(fullest, stage_bytes(plan, stage));
      if (least && fullest >= *least) break;  // another choice is leaner
    }
    least = least ? min(*least, fullest) : fullest;
  }
  return *least;
}

Bytes MemoryCheck::fullest(const SearchUnit& unit, const TrainingPlan& plan, StageSet& stages,
                           Bytes enough) {
  Bytes fullest;
  for (const StageInventory& stage : stages.of(unit, false)) {
    fullest = max(fullest, stage_bytes(plan, stage));
    if (fullest > enough) break;
  }
  return fullest;
}

}  // namespace polyfleet
