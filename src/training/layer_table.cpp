#include "training/layer_table.hpp"

namespace polyfleet {
namespace {

Flops flops_of(const std::vector<Op>& ops) {
  Flops sum;
  for (const Op& op : ops) sum += op.flops();
  return sum;
}

}  // namespace

LayerTable::LayerTable(std::shared_ptr<LayerWorks> works, const TrainingPlan& plan,
                       const Machine& machine)
    : works_(std::move(works)), plan_(plan), machine_(machine) {}

LayerTable::LayerTable(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine)
    : LayerTable(std::make_shared<LayerWorks>(model, plan), plan, machine) {}

Seconds LayerTable::host_floor() const {
  return plan_.host_launch == HostLaunch::graph ? 0 * second
                                                : plan_.host_seconds_per_layer * second;
}

TimedWork LayerTable::timed(const LayerWork& work, Seconds floor) const {
  TimedWork timed;
  timed.work = &work;
  timed.time = layer_time(work, machine_, plan_, floor);
  timed.forward_flops = flops_of(work.ops[0]);
  timed.backward_flops = flops_of(work.ops[1]) + flops_of(work.ops[2]);
  timed.recompute_flops = plan_.recompute == Recompute::full ? timed.forward_flops
                          : plan_.recompute == Recompute::selective
                              ? flops_of(work.recomputed_selective)
                              : Flops{};
  return timed;
}

const TimedWork& LayerTable::layer(LayerKind kind, bool wide) {
  std::optional<TimedWork>& slot = (wide ? wide_layers_ : layers_)[static_cast<std::size_t>(kind)];
  if (!slot) slot = timed(works_->layer(kind, wide), host_floor());
  return *slot;
}

const TimedWork& LayerTable::embedding() {
  if (!embedding_) embedding_ = timed(works_->embedding(), 0 * second);
  return *embedding_;
}

const TimedWork& LayerTable::head() {
  if (!head_) head_ = timed(works_->head(), 0 * second);
  return *head_;
}

const TimedWork& LayerTable::mtp() {
  if (!mtp_) mtp_ = timed(works_->mtp(), host_floor());
  return *mtp_;
}

}  // namespace polyfleet
