// Every cut of a layer that a space holds, in the order in which it pays to look at them: by a
// proven floor of the device-seconds of a step, which depends on tensor, context, sequence parallel
// and micro-batch alone. The floor leaves out everything that the expert cut, exposed communication
// and the host can only add. Also counts the plans below a cut without visiting them.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>

#include "planner/cut_time.hpp"
#include "planner/plan_candidates.hpp"
#include "planner/split_costs.hpp"
#include "training/stages.hpp"

namespace polyfleet {

/// Cuts that differ only in how experts are spread, and in the data degree.
struct CutGroup {
  PlanCut cut;          ///< experts and data at 1
  Seconds device_time;  ///< of a step at least, without the software factor
  /// Of one micro-batch through all layers, without routed experts: arithmetic, and communication
  /// under these overlaps.
  Seconds arithmetic, exposed;
  OverlapSettings overlap;
};

/// Times of one layer's routed experts by what they depend on: the tokens that a rank routes, the
/// degrees and the overlap. Safe for concurrent use.
class ExpertFloors {
 public:
  /// Arithmetic and exposed exchange of `kind`, all passes, nothing run again.
  Seconds time(const PoolQuestion& pool, const TrainingPlan& plan, LayerKind kind);

 private:
  struct Key {
    double tokens = 0;
    int expert = 1, expert_tensor = 1;
    double overlap = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  std::mutex mutex_;
  std::map<Key, Seconds> times_;
};

/// The pipelines below a cut, and how many plans they stand for before its switches are counted.
struct SplitSet {
  std::vector<PlanSplit> splits;
  std::vector<const CountFloor*> floors;  ///< of each
  std::vector<std::int64_t> below;        ///< of each: choices of what is kept and run again
  std::int64_t plans = 0;
  std::int64_t impossible = 0;
  std::int64_t switches = 0;  ///< of all cuts that have these pipelines
};

/// How many plans of a space have a value, by degree of freedom (text as families name it).
class PlanTally {
 public:
  void add(const PlanCut& cut, std::int64_t plans);
  std::int64_t of_cut(std::string_view dimension, int value) const;

 private:
  enum Degree { tensor, context, data, expert, expert_tensor, micro_batch, sequence, kDegrees };
  std::array<std::vector<std::int64_t>, kDegrees> plans_;  ///< indexed by value
};

class CutQueue {
 public:
  /// Keeps a reference to the candidates.
  explicit CutQueue(const PlanCandidates& candidates);
  /// For a part of another queue's space: shares its floors and counts nothing (`plans()` is 0).
  CutQueue(const PlanCandidates& candidates, const CutQueue& wider);

  const std::vector<CutGroup>& groups() const { return groups_; }
  /// The group's expert cuts that can run on some number of replicas.
  std::vector<PlanCut> layer_cuts(const PlanCut& group) const;
  /// A layer cut with each data degree that it can run on.
  std::vector<PlanCut> replicas(const PlanCut& layer_cut) const;
  const SplitSet& splits(const PlanCut& cut) const;
  std::vector<PlanSplit> all_splits() const;
  /// Plans below a cut (data degree fixed), impossible ones not included.
  std::int64_t plans(const PlanCut& cut) const;

  /// Device-seconds of a step with the group's experts spread like this: exact arithmetic and
  /// exchange of the experts, each timed once for all cuts that give them equal work.
  Seconds device_time(const CutGroup& group, const PlanCut& layer_cut) const;

  /// Plans with one value of a degree of freedom.
  const PlanTally& tally() const { return tally_; }
  std::int64_t plans_of_splits(const std::function<bool(const PlanSplit&)>& has) const;
  std::int64_t plans_of_switches(const std::function<bool(const PlanSwitches&)>& has) const;
  std::int64_t plans_of_recompute(Recompute mode) const;

  std::int64_t plans() const { return plans_; }  ///< of the space, without impossible ones
  std::int64_t impossible() const { return impossible_; }
  const PlanCandidates& candidates() const { return candidates_; }
  const ChunkLayers& whole_model() const { return whole_; }
  /// How layers fall on pipelines, shared by all that search this queue or a part of it.
  SplitShapes& split_shapes() const { return *split_shapes_; }

 private:
  using SplitKey = std::pair<std::int64_t, std::int64_t>;
  SplitKey split_key(const PlanCut& cut) const;
  const CountFloor* count_floor(const PlanSplit& split) const;
  SplitSet& noted(const PlanCut& cut) const;
  void note(const PlanCut& cut);
  bool holds(const CutGroup& group) const;
  void add_groups();
  void set_floors(CutGroup& group) const;

  const PlanCandidates& candidates_;
  std::map<std::pair<int, int>, std::vector<int>> data_;            ///< by tensor and context
  mutable std::map<std::pair<int, int>, CountFloor> count_floors_;  ///< by pipeline and virtual
  mutable std::map<SplitKey, SplitSet> splits_;  ///< grows only where nothing was counted
  std::vector<CutGroup> groups_;
  std::int64_t plans_ = 0, impossible_ = 0;
  PlanTally tally_;
  std::array<std::int64_t, 2> without_switches_{};  ///< plans / switches, by whether cuts exchange
  ChunkLayers whole_;                               ///< all layers of the model
  std::shared_ptr<ExpertFloors> expert_floors_;
  std::shared_ptr<SplitShapes> split_shapes_;
};

}  // namespace polyfleet
