#include "training/chunk_time.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

Bytes saved_bytes(const LayerWork& work, const TrainingPlan& plan, double count,
                  double recomputed) {
  const Bytes thin = plan.recompute == Recompute::full ? work.saved_full : work.saved_selective;
  return thin * recomputed + work.saved_activations * (count - recomputed);
}

/// Adds `count` copies of a work to a chunk; `recomputed` of them run their forward again.
void add(const TimedWork& timed, const TrainingPlan& plan, double count, double recomputed,
         ChunkTime& chunk) {
  ChunkPasses& passes = chunk.passes;
  passes.forward.add(timed.time.pass[0], count);
  passes.backward_input.add(timed.time.pass[1], count);
  passes.backward_weight.add(timed.time.pass[2], count);
  passes.recompute.add(timed.time.recompute, recomputed);
  passes.flops +=
      (timed.forward_flops + timed.backward_flops) * count + timed.recompute_flops * recomputed;
  passes.saved += saved_bytes(*timed.work, plan, count, recomputed);
  StageParameters& parameters = chunk.detail.parameters;
  parameters.dense += timed.work->parameters * count;
  parameters.expert += timed.work->expert_parameters * count;
  parameters.frozen += timed.work->frozen_parameters * count;
}

/// Offloaded activations leave during forward and return during backward; what exceeds the pass is
/// exposed. A part whose host link is not published (TPUs) is taken to hide it: frameworks choose
/// what they offload so that it does.
void add_offload(const TrainingPlan& plan, const Machine& machine, ChunkPasses& passes) {
  const auto& host_rate = machine.accelerator.host_rate;
  if (plan.activation_offload <= 0 || !host_rate) return;
  const Seconds transfer = passes.saved * plan.activation_offload / host_rate->value;
  const Seconds backward =
      passes.backward_input.total() + passes.backward_weight.total() + passes.recompute.total();
  passes.forward.offload_exposed = max(transfer - passes.forward.total(), 0 * second);
  passes.backward_input.offload_exposed = max(transfer - backward, 0 * second);
}

}  // namespace

double recomputed_layers(const ChunkLayers& chunk, const TrainingPlan& plan) {
  if (plan.recompute == Recompute::none) return 0;
  if (plan.recompute == Recompute::selective || plan.recompute_layers == 0) return chunk.layers();
  // "n layers" counts per stage; virtual stages share it.
  return std::min<double>(chunk.layers(), std::ceil(static_cast<double>(plan.recompute_layers) /
                                                    plan.layout.virtual_stages));
}

ChunkTime chunk_time(const ChunkLayers& layers, const TrainingPlan& plan, Seconds hand_over,
                     LayerTable& table) {
  ChunkTime chunk;
  StageDetail& detail = chunk.detail;
  detail.layers = layers;
  detail.parameters.layers = std::max(1, layers.layers());
  double left = recomputed_layers(layers, plan);
  for (const bool wide : {false, true}) {
    for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
      const double count = (wide ? layers.wide : layers.narrow)[kind];
      if (count == 0) continue;
      const double recomputed = std::min(left, count);
      left -= recomputed;
      add(table.layer(static_cast<LayerKind>(kind), wide), plan, count, recomputed, chunk);
    }
  }
  if (layers.embedding) add(table.embedding(), plan, 1, 0, chunk);
  if (layers.head) add(table.head(), plan, 1, 0, chunk);
  if (layers.mtp_modules > 0) add(table.mtp(), plan, layers.mtp_modules, 0, chunk);
  ChunkPasses& passes = chunk.passes;
  add_offload(plan, table.machine(), passes);
  detail.cost.forward = passes.forward.total();
  detail.cost.backward_input = passes.backward_input.total() + passes.recompute.total();
  detail.cost.backward_weight = passes.backward_weight.total();
  detail.cost.send_forward = detail.cost.send_backward = hand_over;
  return chunk;
}

Seconds hand_over_time(const ModelSpec& model, const TrainingPlan& plan, const Machine& machine) {
  if (plan.layout.pipeline <= 1) return 0 * second;
  const auto transfer = [&](CollectiveKind kind, Bytes payload, CommGroup group) {
    return machine.collectives
        .time(kind, payload, rank_group(group, plan.layout, machine.network.scale_up_domain))
        .time;
  };
  const double elements = static_cast<double>(plan.micro_batch) *
                          static_cast<double>(plan.sequence_length) *
                          static_cast<double>(model.hidden) / plan.layout.context;
  const Bytes whole = elements * bytes_per_element(plan.precision.activation);
  Seconds time =
      transfer(CollectiveKind::send_recv, whole / plan.layout.tensor, CommGroup::pipeline);
  if (plan.layout.tensor > 1 && !plan.layout.sequence_parallel)
    time += transfer(CollectiveKind::all_gather, whole, CommGroup::tensor);
  return time;
}

}  // namespace polyfleet
