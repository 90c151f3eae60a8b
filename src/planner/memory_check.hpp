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
  std::int64_t plans = 0;  ///< below it
  double devices() const { return static_cast<double>(cut.ranks() * split.pipeline); }
  PipelineShape shape(bool overlap) const;
};

/// The unlike stages of one split, for all units that share it and the works.
class StageSet {
 public:
  /// Keeps references to shape and works.
  StageSet(const SplitShape& shape, const TrainingPlan& plan, LayerWorks& works)
      : shape_(shape), plan_(plan), works_(works) {}

  /// Unlike stages of the unit: the first, the last, then the others.
  std::size_t count(const SearchUnit& unit) { return stages(is_paired(unit)).index.size(); }
  /// One of them as the unit fills it, made when it is first asked for; valid until the next call.
  /// `bare`: without what layers save.
  const StageInventory& at(const SearchUnit& unit, std::size_t place, bool bare);

 private:
  struct Stages {
    std::vector<int> index;
    std::vector<StageInventory> whole, bare;  ///< of the first so many
  };
  static bool is_paired(const SearchUnit& unit) {
    return unit.split.schedule == Schedule::dual_pipe && unit.split.pipeline > 1;
  }
  Stages& stages(bool paired);

  const SplitShape& shape_;
  TrainingPlan plan_;
  LayerWorks& works_;
  std::array<std::optional<Stages>, 2> stages_;  ///< plain, paired
};

/// What all stages of a cut hold together, for one micro-batch size, whatever the pipeline is.
struct HeldParameters {
  double dense = 0, expert = 0, frozen = 0;
};
HeldParameters held_parameters(const ChunkLayers& whole_model, LayerWorks& works);

class MemoryCheck {
 public:
  /// Keeps a reference to the overheads.
  explicit MemoryCheck(const MemoryOverheads& overheads) : overheads_(overheads) {}

  /// What no choice of recompute and offload can take away, with the leanest of `switches`:
  /// parameters, optimiser, logits and buffers; some amount above `enough` where every choice
  /// holds more than that. The plan is any of the unit's.
  Bytes least(const SearchUnit& unit, TrainingPlan plan, StageSet& stages,
              std::span<const PlanSwitches> switches, Bytes enough);
  /// Bytes on the fullest device; of any stage that holds more than `enough`, once one is found.
  Bytes fullest(const SearchUnit& unit, const TrainingPlan& plan, StageSet& stages, Bytes enough);
  /// The states of an even share of the parameters alone exceed `limit` with every choice of
  /// `switches`; then `least` does too, as some device holds that share or more. Does not count as
  /// work. The plan is any of the unit's.
  bool exceeds_evenly(const SearchUnit& unit, TrainingPlan plan, const HeldParameters& held,
                      std::span<const PlanSwitches> switches, Bytes limit) const;
  /// Stage memories worked out so far.
  std::int64_t work() const { return work_; }

 private:
  Bytes stage_bytes(const TrainingPlan& plan, const StageInventory& inventory);

  const MemoryOverheads& overheads_;
  std::int64_t work_ = 0;
};

}  // namespace polyfleet
