// Does a pipeline of a cut fit: what each stage holds, counted once per pipeline and looked at for
// every choice of recompute, offload and sharding. The first and the last stage come first, as one
// of them is the fullest most of the time.
#pragma once

#include "planner/cut_queue.hpp"
#include "planner/plan_bounds.hpp"

namespace polyfleet {

/// A pipeline of a cut: the smallest piece that bounds are taken on.
struct SearchUnit {
  PlanCut cut;
  PlanSplit split;
  CostFloor floor;
  std::vector<StageInventory> inventories;  ///< filled when first asked for
  double devices() const { return static_cast<double>(cut.ranks() * split.pipeline); }
  PipelineShape shape(bool overlap) const;
};

class MemoryCheck {
 public:
  /// Keeps a reference to the overheads.
  explicit MemoryCheck(const MemoryOverheads& overheads) : overheads_(overheads) {}

  /// What no choice of recompute and offload can take away, with the leanest of `switches`:
  /// parameters, optimiser, logits and buffers, on the first and the last stage. The plan is any of
  /// the unit's.
  Bytes least(SearchUnit& unit, TrainingPlan plan, LayerWorks& works,
              const std::vector<PlanSwitches>& switches);
  /// Bytes on the fullest device; of any stage that holds more than `enough`, once one is found.
  Bytes fullest(SearchUnit& unit, const TrainingPlan& plan, LayerWorks& works, Bytes enough);
  /// Stage memories worked out so far.
  std::int64_t work() const { return work_; }

 private:
  Bytes stage_bytes(const TrainingPlan& plan, const StageInventory& inventory);

  const MemoryOverheads& overheads_;
  std::int64_t work_ = 0;
};

}  // namespace polyfleet
