#include "planner/memory_check.hpp"

namespace polyfleet {
namespace {

const std::vector<StageInventory>& stages_of(SearchUnit& unit, const TrainingPlan& plan,
                                             LayerWorks& works) {
  if (unit.inventories.empty()) unit.inventories = stage_inventories(plan, works);
  return unit.inventories;
}

}  // namespace

PipelineShape SearchUnit::shape(bool overlap) const {
  return {.schedule = split.schedule,
          .stages = split.pipeline,
          .virtual_stages = split.virtual_stages,
          .micro_batches = cut.micro_batches,
          .overlap_hand_over = overlap};
}

Bytes MemoryCheck::stage_bytes(const TrainingPlan& plan, const StageInventory& inventory) {
  ++work_;
  return stage_memory(plan, inventory, overheads_).total;
}

// Saved activations only add to what is left here: every other part is the same or grows with them
// (training/memory.cpp: the loss, or one layer made again; narrow gradients' copy at the step).
Bytes MemoryCheck::least(SearchUnit& unit, TrainingPlan plan, LayerWorks& works,
                         const std::vector<PlanSwitches>& switches) {
  const std::vector<StageInventory>& stages = stages_of(unit, plan, works);
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
    for (const std::size_t stage : {std::size_t{0}, stages.size() - 1}) {
      StageInventory bare = stages[stage];
      bare.layers.clear();
      bare.embedding_saved = 0 * byte;
      fullest = max(fullest, stage_bytes(plan, bare));
    }
    least = least ? min(*least, fullest) : fullest;
  }
  return *least;
}

Bytes MemoryCheck::fullest(SearchUnit& unit, const TrainingPlan& plan, LayerWorks& works,
                           Bytes enough) {
  const std::vector<StageInventory>& stages = stages_of(unit, plan, works);
  Bytes fullest;
  for (std::size_t k = 0; k < stages.size(); ++k) {
    const std::size_t stage = k == 0 ? 0 : stages.size() - k;
    fullest = max(fullest, stage_bytes(plan, stages[stage]));
    if (fullest > enough) break;
  }
  return fullest;
}

}  // namespace polyfleet
