// Does a pipeline of a cut fit: what each stage holds, counted once per split and looked at for
// every choice of data degree, schedule, recompute, offload and sharding. Stages that hold the same
// layers are looked at once, and the first and the last come first, as one of them is the fullest
// most of the time.
#pragma once

#include <array>

#include "planner/cut_queue.hpp"
#include "planner/plan_bounds.hpp"
#include "training/stage_inventory.hpp"

namespace polyfleet {

/// A pipeline of a cut: the smallest piece that bounds are taken on.
struct SearchUnit {
  PlanCut cut;
  PlanSplit split;
  CostFloor floor;
  double devices() const { return static_cast<double>(cut.ranks() * split.pipeline); }
  PipelineShape shape(bool overlap) const;
};

/// The unlike stages of one split, for all units that share it and the works.
class StageSet {
 public:
  /// Keeps references to shape and works.
  StageSet(const SplitShape& shape, const TrainingPlan& plan, LayerWorks& works)
      : shape_(shape), plan_(plan), works_(works) {}

  /// As the unit fills them; valid until the next call. `bare`: without what layers save.
  std::span<const StageInventory> of(const SearchUnit& unit, bool bare);

 private:
  struct Stages {
    std::vector<int> index;
    std::vector<StageInventory> whole, bare;
  };
  Stages& stages(bool paired);

  const SplitShape& shape_;
  TrainingPlan plan_;
  LayerWorks& works_;
  std::array<std::optional<Stages>, 2> stages_;  ///< plain, paired
};

class MemoryCheck {
 public:
  /// Keeps a reference to the overheads.
  explicit MemoryCheck(const MemoryOverheads& overheads) : overheads_(overheads) {}

  /// What no choice of recompute and offload can take away, with the leanest of `switches`:
  /// parameters, optimiser, logits and buffers. The plan is any of the unit's.
  Bytes least(const SearchUnit& unit, TrainingPlan plan, StageSet& stages,
              std::span<const PlanSwitches> switches);
  /// Bytes on the fullest device; of any stage that holds more than `enough`, once one is found.
  Bytes fullest(const SearchUnit& unit, const TrainingPlan& plan, StageSet& stages, Bytes enough);
  /// Stage memories worked out so far.
  std::int64_t work() const { return work_; }

 private:
  Bytes stage_bytes(const TrainingPlan& plan, const StageInventory& inventory);

  const MemoryOverheads& overheads_;
  std::int64_t work_ = 0;
};

}  // namespace polyfleet
