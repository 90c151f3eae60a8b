// How one pool may cut a replica of the model: every combination of tensor, context and expert
// degrees, micro-batch, recompute and sharding that its space allows, each with the times of the
// model's layers on that cut. Free of stages, replicas and micro-batch counts, which the search
// varies on top: a cut is timed once for all of them. Internal to the search over mixed pools.
#pragma once

#include <cstdint>
#include <vector>

#include "planner/mixed_search.hpp"
#include "planner/split_costs.hpp"

namespace polyfleet {

/// How many stages the plans of a cut have: framework defaults differ between these three.
enum class CutForm { one_stage, pipelined, interleaved };

/// Times are seconds of one micro-batch, software maturity included.
struct PoolCut {
  TrainingPlan plan;  ///< as the template gave it; pipeline, virtual stages, data are not set yet
  CutForm form = CutForm::one_stage;
  int devices_per_stage = 1;
  int replica_step = 1;  ///< replicas come in multiples of this (expert groups)
  double software = 1;
  std::vector<double> forward, backward;         ///< of the first n layers, n = 0 .. layers
  double front_forward = 0, front_backward = 0;  ///< embedding, vision tower
  double back_forward = 0, back_backward = 0;    ///< head, prediction modules
  double host_per_micro_batch = 0, host_per_step = 0;
  double gradients = 0;  ///< bytes of gradient that the devices of one replica reduce, together

  int micro_batch() const { return plan.micro_batch; }
  int layers() const { return static_cast<int>(forward.size()) - 1; }
  /// Forward and backward of layers [first, last), with what comes before and after them.
  double work(int first, int last) const;
  double front() const { return front_forward + front_backward; }
  double back() const { return back_forward + back_backward; }
  double whole() const { return work(0, layers()); }
};

/// What one more layer adds to a device at least: the lightest layer of the model, buffers, logits
/// and working memory left out. Bytes, allocator slack included.
struct LayerMemory {
  double states = 0;      ///< weights, gradients, optimiser states
  double activation = 0;  ///< per micro-batch in flight
  double fixed = 0;       ///< of the device, whatever it holds
  /// Layers that may fit in `limit`: an upper bound.
  double layers_in(double limit, double in_flight) const;
};

/// The cuts of one pool and the shared tables behind them. Not for concurrent use.
class PoolCuts {
 public:
  /// Keeps a reference to the pool.
  PoolCuts(const SearchedPool& pool, MixedCounts& counts);

  const SearchedPool& pool() const { return pool_; }
  const std::vector<PoolCut>& cuts() const { return cuts_; }
  PlanEvaluator& evaluator() { return evaluator_; }
  std::int64_t devices() const { return pool_.question.scenario.devices; }
  /// Most replicas of this cut with `stages` stages, in its steps; 0 where none fits.
  std::int64_t most_replicas(const PoolCut& cut, int stages) const;
  bool allows_replicas(std::int64_t replicas) const;
  /// The largest number of replicas in the space that is at most `at_most`; 0 where there is none.
  /// In the space are `most` and every multiple of the cut's step whose multiplier has at most six
  /// significant binary digits: every number up to 64, above that one in 1.6 to 3.1 %.
  std::int64_t searched_replicas(const PoolCut& cut, std::int64_t most, std::int64_t at_most) const;
  /// Stage counts and virtual stages that the space allows for this cut on one pool.
  std::vector<int> stage_counts(const PoolCut& cut) const;
  std::vector<int> virtual_counts(const PoolCut& cut, int stages) const;

  /// Every device of this plan holds at most `limit`. Precondition: that of PlanEvaluator::memory.
  bool fits(const TrainingPlan& plan, Bytes limit);
  /// Least memory of one layer on a stage of a pipeline, for this many replicas.
  LayerMemory layer_memory(const PoolCut& cut, std::int64_t replicas);

 private:
  void add_cuts(const ParallelLayout& layout, MixedCounts& counts);
  void add_cut(TrainingPlan plan, CutForm form, MixedCounts& counts);
  void add_settings(const TrainingPlan& plan, CutForm form, MixedCounts& counts);
  void time_layers(PoolCut& cut);

  const SearchedPool& pool_;
  PlanEvaluator evaluator_;
  SplitShapes shapes_;
  std::vector<PoolCut> cuts_;
};

/// `count` with all but its six leading binary digits cleared.
std::int64_t six_digits(std::int64_t count);
/// Tensor degrees that a pool may use.
std::vector<int> tensor_degrees(const SearchedPool& pool);
/// Memory that plans may fill on one device of this pool; none where no capacity is published.
std::optional<Bytes> memory_limit(const Machine& machine, double head_room);

}  // namespace polyfleet
