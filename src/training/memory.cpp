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

/// FSDP keeps only the FP32 original (counted with the optimiser) and gathers a narrow copy; the
/// others keep a narrow copy beside it.
void add_states(const TrainingPlan& plan, const StageInventory& inventory, StageMemory& memory) {
  const ShardRanks ranks = shard_ranks(plan);
  const double dense = inventory.parameters, expert = inventory.expert_parameters;
  const double held = dense + expert;
  const double shard = dense / ranks.dense + expert / ranks.expert;
  const bool fully_sharded = plan.sharding == Sharding::zero3;
  const double width = weight_width(plan);
  memory[MemoryPartKind::weights] = fully_sharded ? 0 * byte : held * width * byte;
  memory[MemoryPartKind::frozen_weights] =
      inventory.frozen_parameters / (fully_sharded ? ranks.dense : 1) * width * byte;

  const bool shards_gradients = fully_sharded || plan.sharding == Sharding::zero2;
  const double gradient_width = plan.main_gradient_fp32 ? 4 : 2;
  const double copy_width = plan.main_gradient_fp32 ? 0 : 4;
  memory[MemoryPartKind::gradients] =
      ((shards_gradients ? shard : held) * gradient_width + shard * copy_width) * byte;

  const Bytes states = shard * plan.optimizer_bytes_per_parameter * byte;
  if (plan.optimizer_offload) {
    memory.host += states;
    // what is gathered or trained from must still be on the device
    if (fully_sharded) memory[MemoryPartKind::weights] = shard * width * byte;
  } else {
    memory[MemoryPartKind::optimizer_states] = states;
  }
}

/// Layers that keep only their input; under selective recompute every layer is "kept".
double recomputed_layers(const TrainingPlan& plan, double layers) {
  if (plan.recompute != Recompute::full) return 0;
  if (plan.recompute_layers <= 0) return layers;
  return std::min<double>(plan.recompute_layers, layers);
}

void add_activations(const TrainingPlan& plan, const StageInventory& inventory,
                     StageMemory& memory) {
  Bytes per_micro_batch = inventory.embedding_saved;
  Bytes again;
  double layers = 0;
  for (const LayerInventory& kind : inventory.layers) layers += kind.layers;
  double left = recomputed_layers(plan, layers);
  for (const LayerInventory& kind : inventory.layers) {
    const double full = std::min(left, kind.layers);
    left -= full;
    const bool selective = plan.recompute == Recompute::selective;
    const Bytes kept = selective ? kind.saved_selective : kind.saved;
    per_micro_batch += full * kind.saved_full + (kind.layers - full) * kept;
    if (full > 0) again = max(again, kind.saved - kind.saved_full);
    if (selective) again = max(again, kind.saved - kind.saved_selective);
  }
  const Bytes held = per_micro_batch * inventory.micro_batches_in_flight;
  const Bytes away = held * plan.activation_offload;
  memory[MemoryPartKind::activations] = held - away;
  memory.host += away;
  memory[MemoryPartKind::recomputation] = again;
  memory[MemoryPartKind::logits] = inventory.head_saved * inventory.heads_in_flight;
  // Offload streams through two staging buffers of a layer each.
  if (away > 0 * byte && layers > 0)
    memory[MemoryPartKind::exchange_buffers] += per_micro_batch / layers * 2;
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
  Bytes exchange;
  if (layout.sequence_parallel && layout.tensor > 1) exchange += inventory.stream;
  if (layout.pipeline > 1) {
    const double shared = layout.sequence_parallel ? layout.tensor : 1;
    exchange += 2 * inventory.stream / shared;  // one sent, one received
  }
  exchange += inventory.dispatched;
  memory[MemoryPartKind::exchange_buffers] += exchange;
  memory[MemoryPartKind::working_gradients] = 2 * inventory.widest;
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
  std::vector<StageMemory> stages;
  for (const StageInventory& inventory : stage_inventories(model, plan))
    stages.push_back(stage_memory(plan, inventory, overheads));
  return stages;
}

std::size_t fullest_stage(const std::vector<StageMemory>& stages) {
  const auto fullest = std::max_element(
      stages.begin(), stages.end(), [](const auto& a, const auto& b) { return a.total < b.total; });
  return static_cast<std::size_t>(fullest - stages.begin());
}

}  // namespace polyfleet
