#include "training/memory.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

constexpr std::array<std::string_view, kMemoryPartCount> kPartNames{
    "weights",          "frozen weights",   "gradients",         "optimiser states",
    "activations",      "logits and loss",  "recomputation",     "gathered parameters",
    "gradient buckets", "exchange buffers", "working gradients", "workspace",
    "framework",        "allocator slack"};

/// Bytes of one trainable and one frozen parameter as the GEMMs read it.
double weight_width(const TrainingPlan& plan) { return plan.low_precision_parameters ? 1 : 2; }

double gradient_width(const TrainingPlan& plan) { return plan.main_gradient_fp32 ? 4 : 2; }

/// Parameters whose optimiser states, and under ZeRO-2 and 3 gradients, lie on this device.
double shard_of(const TrainingPlan& plan, const StageInventory& inventory) {
  const ShardRanks ranks = shard_ranks(plan);
  return inventory.parameters / ranks.dense + inventory.expert_parameters / ranks.expert;
}

/// FSDP keeps only the FP32 original (counted with the optimiser) and gathers a narrow copy; the
/// others keep a narrow copy beside it.
void add_states(const TrainingPlan& plan, const StageInventory& inventory, StageMemory& memory) {
  const double held = inventory.parameters + inventory.expert_parameters;
  const double shard = shard_of(plan, inventory);
  const bool fully_sharded = plan.sharding == Sharding::zero3;
  const double width = weight_width(plan);
  memory[MemoryPartKind::weights] = fully_sharded ? 0 * byte : held * width * byte;
  memory[MemoryPartKind::frozen_weights] =
      inventory.frozen_parameters / (fully_sharded ? shard_ranks(plan).dense : 1) * width * byte;
  const bool shards_gradients = fully_sharded || plan.sharding == Sharding::zero2;
  memory[MemoryPartKind::gradients] =
      (shards_gradients ? shard : held) * gradient_width(plan) * byte;
  const Bytes states = shard * plan.optimizer_bytes_per_parameter * byte;
  if (plan.optimizer_offload) {
    memory.host += states;
    // what is gathered or trained from must still be on the device
    if (fully_sharded) memory[MemoryPartKind::weights] = shard * width * byte;
  } else {
    memory[MemoryPartKind::optimizer_states] = states;
  }
}

/// Layers of a stage that keep only their input.
double fully_recomputed(const TrainingPlan& plan, double layers) {
  if (plan.recompute != Recompute::full) return 0;
  if (plan.recompute_layers <= 0) return layers;
  return std::min<double>(plan.recompute_layers, layers);
}

struct SavedActivations {
  Bytes held;       ///< of all micro-batches in flight
  Bytes again;      ///< one layer made again, beyond what it kept
  Bytes per_layer;  ///< of one micro-batch, mean
};

SavedActivations saved_activations(const TrainingPlan& plan, const StageInventory& inventory) {
  SavedActivations saved;
  Bytes per_micro_batch = inventory.embedding_saved;
  double layers = 0;
  for (const LayerInventory& kind : inventory.layers) layers += kind.layers;
  double left = fully_recomputed(plan, layers);
  const bool selective = plan.recompute == Recompute::selective;
  for (const LayerInventory& kind : inventory.layers) {
    const double full = std::min(left, kind.layers);
    left -= full;
    const Bytes kept = selective ? kind.saved_selective : kind.saved;
    per_micro_batch += full * kind.saved_full + (kind.layers - full) * kept;
    if (full > 0) saved.again = max(saved.again, kind.saved - kind.saved_full);
    if (selective) saved.again = max(saved.again, kind.saved - kind.saved_selective);
  }
  saved.held = per_micro_batch * inventory.micro_batches_in_flight;
  saved.per_layer = per_micro_batch / std::max(layers, 1.0);
  return saved;
}

/// Beside the saved logits (FP32) the loss holds their narrow form. Megatron-Core's cross-entropy
/// turns them into the gradient in place. PyTorch's makes two dense FP32 gradients (of the
/// log-softmax and of its input); over a tensor group (torch.distributed.tensor.parallel.loss, run
/// op by op) also the exponent and the FP32 logits, half of it kept: 14 bytes in all.
Bytes loss_copies(const TrainingPlan& plan, const StageInventory& inventory) {
  if (plan.fused_loss) return 0 * byte;
  constexpr double kTorchGradients = 8, kTorchParallelGradients = 14;
  const double gradients = plan.sharding != Sharding::zero3 ? 0
                           : plan.layout.tensor > 1         ? kTorchParallelGradients
                                                            : kTorchGradients;
  return inventory.logits * (bytes_per_element(plan.precision.activation) + gradients * byte);
}

/// The loss and the backward of a layer exclude each other: the fuller one is reported.
void add_activations(const TrainingPlan& plan, const StageInventory& inventory,
                     StageMemory& memory) {
  const SavedActivations saved = saved_activations(plan, inventory);
  const Bytes away = saved.held * plan.activation_offload;
  memory.host += away;
  memory[MemoryPartKind::activations] = saved.held - away;
  // Offload streams through two staging buffers of a layer each.
  if (away > 0 * byte) memory[MemoryPartKind::exchange_buffers] += 2 * saved.per_layer;
  const Bytes waiting = inventory.head_saved * (inventory.heads_in_flight - 1);
  const Bytes at_loss = inventory.head_saved + loss_copies(plan, inventory);
  const Bytes working = 2 * inventory.widest;
  if (at_loss > saved.again + working) {
    memory[MemoryPartKind::logits] = waiting + at_loss;
  } else {
    memory[MemoryPartKind::logits] = waiting;
    memory[MemoryPartKind::recomputation] = saved.again;
    memory[MemoryPartKind::working_gradients] = working;
  }
}

void add_buffers(const TrainingPlan& plan, const StageInventory& inventory, StageMemory& memory) {
  const ParallelLayout& layout = plan.layout;
  if (plan.sharding == Sharding::zero3 && shard_ranks(plan).dense > 1) {
    // the unit in use and the one being gathered ahead; gradients of one unit before reduction
    memory[MemoryPartKind::gathered_parameters] =
        (inventory.largest_unit + inventory.layer_unit) * weight_width(plan) * byte;
    if (inventory.frozen_parameters <= inventory.parameters)
      memory[MemoryPartKind::gradient_buckets] =
          inventory.largest_unit * bytes_per_element(plan.gradient_reduce_dtype);
  }
  Bytes exchange = inventory.dispatched;
  if (layout.sequence_parallel && layout.tensor > 1) exchange += inventory.stream;
  if (layout.pipeline > 1) {
    const double shared = layout.sequence_parallel ? layout.tensor : 1;
    exchange += 2 * inventory.stream / shared;  // one sent, one received
  }
  memory[MemoryPartKind::exchange_buffers] += exchange;
}

/// What the training framework holds beyond the algorithm's needs.
void add_framework_buffers(const TrainingPlan& plan, const StageInventory& inventory,
                           const MemoryOverheads& overheads, StageMemory& memory) {
  const double held = inventory.parameters + inventory.expert_parameters;
  memory[MemoryPartKind::gradient_buckets] +=
      (held * overheads.unsharded_bytes + shard_of(plan, inventory) * overheads.step_bytes) * byte;
  if (plan.layout.pipeline > 1) {
    const double shared = plan.layout.sequence_parallel ? plan.layout.tensor : 1;
    memory[MemoryPartKind::activations] += inventory.stream / shared *
                                           inventory.micro_batches_in_flight *
                                           overheads.kept_stage_outputs;
  }
}

/// At the optimiser step no activation is left, but narrow gradients get an FP32 copy of the shard.
void consider_step(const TrainingPlan& plan, const StageInventory& inventory, StageMemory& memory) {
  if (plan.main_gradient_fp32 || plan.optimizer_offload) return;
  const Bytes copy = shard_of(plan, inventory) * 4 * byte;
  constexpr std::array kGone{MemoryPartKind::activations,         MemoryPartKind::logits,
                             MemoryPartKind::recomputation,       MemoryPartKind::working_gradients,
                             MemoryPartKind::gathered_parameters, MemoryPartKind::gradient_buckets,
                             MemoryPartKind::exchange_buffers};
  Bytes freed;
  for (const MemoryPartKind kind : kGone) freed += memory[kind];
  if (copy <= freed) return;
  for (const MemoryPartKind kind : kGone) memory[kind] = 0 * byte;
  memory[MemoryPartKind::gradients] += copy;
}

double communicators(const TrainingPlan& plan) {
  const ParallelLayout& layout = plan.layout;
  double count = layout.devices() > 1 ? 1 : 0;  // the world group
  for (const int degree :
       {layout.tensor, layout.pipeline, layout.context, layout.expert, layout.data})
    count += degree > 1 ? 1 : 0;
  return count;
}

}  // namespace

std::string_view name_of(MemoryPartKind kind) { return kPartNames[static_cast<std::size_t>(kind)]; }

Bytes StageMemory::model_states() const {
  const StageMemory& own = *this;
  return own[MemoryPartKind::weights] + own[MemoryPartKind::frozen_weights] +
         own[MemoryPartKind::gradients] + own[MemoryPartKind::optimizer_states];
}

ShardRanks shard_ranks(const TrainingPlan& plan) {
  if (plan.sharding == Sharding::none) return {};
  const ParallelLayout& layout = plan.layout;
  const double replicas = static_cast<double>(layout.data) * layout.context;
  ShardRanks ranks;
  ranks.dense = plan.hybrid_shard > 0 ? std::min<double>(plan.hybrid_shard, replicas) : replicas;
  ranks.expert = std::max(
      1.0, replicas * layout.tensor / (static_cast<double>(layout.expert) * layout.expert_tensor));
  if (plan.hybrid_shard > 0) ranks.expert = std::min<double>(ranks.expert, plan.hybrid_shard);
  return ranks;
}

StageMemory stage_memory(const TrainingPlan& plan, const StageInventory& inventory,
                         const MemoryOverheads& overheads) {
  StageMemory memory;
  add_states(plan, inventory, memory);
  add_activations(plan, inventory, memory);
  add_buffers(plan, inventory, memory);
  add_framework_buffers(plan, inventory, overheads, memory);
  consider_step(plan, inventory, memory);
  memory[MemoryPartKind::workspace] = overheads.workspace;
  Bytes live;
  for (const Bytes part : memory.parts) live += part;
  memory[MemoryPartKind::allocator_slack] = live * overheads.allocator_slack;
  memory[MemoryPartKind::framework] =
      overheads.context + communicators(plan) * overheads.per_communicator;
  memory.total = live + memory[MemoryPartKind::allocator_slack] + memory[MemoryPartKind::framework];
  return memory;
}

std::vector<StageMemory> plan_memory(const ModelSpec& model, const TrainingPlan& plan,
                                     const MemoryOverheads& overheads) {
  LayerWorks works(model, plan);
  return plan_memory(plan, works, overheads);
}

std::vector<StageMemory> plan_memory(const TrainingPlan& plan, LayerWorks& works,
                                     const MemoryOverheads& overheads) {
  std::vector<StageMemory> stages;
  for (const StageInventory& inventory : stage_inventories(plan, works))
    stages.push_back(stage_memory(plan, inventory, overheads));
  return stages;
}

std::size_t fullest_stage(const std::vector<StageMemory>& stages) {
  const auto fullest = std::max_element(
      stages.begin(), stages.end(), [](const auto& a, const auto& b) { return a.total < b.total; });
  return static_cast<std::size_t>(fullest - stages.begin());
}

}  // namespace polyfleet
