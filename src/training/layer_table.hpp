// Times of a plan's distinct works on one machine, each timed once. Plans that agree in TimeKey
// share a table: a search over pipeline, data, sharding and schedules times a layer only once.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "training/layer_time.hpp"
#include "training/layer_works.hpp"
#include "training/machine.hpp"

namespace polyfleet {

/// One work, timed pass by pass; FLOPs of one device and micro-batch.
struct TimedWork {
  const LayerWork* work = nullptr;  ///< lives in the table's LayerWorks
  LayerTime time;
  Flops forward_flops, backward_flops, recompute_flops;
};

/// Not for concurrent use.
class LayerTable {
 public:
  /// Keeps references to the machine and (shared) works, and a copy of the plan. `works` must have
  /// been made for a plan with the same work_key.
  LayerTable(std::shared_ptr<LayerWorks> works, const TrainingPlan& plan, const Machine& machine);
  LayerTable(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine);

  const Machine& machine() const { return machine_; }
  const ModelSpec& model() const { return works_->model(); }
  LayerWorks& works() { return *works_; }
  const TimedWork& layer(LayerKind kind, bool wide);
  const TimedWork& embedding();
  const TimedWork& head();
  const TimedWork& mtp();

 private:
  TimedWork timed(const LayerWork& work, Seconds host_floor) const;
  Seconds host_floor() const;

  std::shared_ptr<LayerWorks> works_;
  TrainingPlan plan_;
  const Machine& machine_;
  std::array<std::optional<TimedWork>, kLayerKindCount> layers_, wide_layers_;
  std::optional<TimedWork> embedding_, head_, mtp_;
};

}  // namespace polyfleet
