// What lies in one device's memory at the worst moment of a training step, part by part. Weights,
// gradients and optimiser states follow the sharding (Megatron-Core distributed optimiser, ZeRO,
// arXiv:1910.02054; FSDP, arXiv:2304.11277); activations are what the operators save (Korthikanti
// et al., arXiv:2205.05198) times the micro-batches that the schedule keeps in flight. Wrong where
// an allocator fragments worse than its published slack, and by the short-lived gradients between
// two operators of one layer beyond the one pair that is counted.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "training/layer_works.hpp"
#include "training/plan.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

enum class MemoryPartKind {
  weights,           ///< as the GEMMs read them
  frozen_weights,    ///< base model under LoRA
  gradients,         ///< main gradients, and the FP32 copy that the optimiser makes of narrow ones
  optimizer_states,  ///< master weights and moments
  activations,       ///< saved for backward
  logits,            ///< head and loss
  recomputation,     ///< one layer's activations made again
  gathered_parameters,  ///< units that fully sharded parameters are gathered into
  gradient_buckets,     ///< unsharded gradients of one unit before their reduction
  exchange_buffers,     ///< tensor-parallel gather, stage hand-over, expert dispatch
  working_gradients,    ///< activation gradients of the operator under way
  workspace,            ///< GEMM and attention scratch
  framework,            ///< driver context, loaded kernels, communicators
  allocator_slack,      ///< cached but unused blocks
};
inline constexpr std::size_t kMemoryPartCount = 14;
std::string_view name_of(MemoryPartKind kind);

/// Overheads of one vendor's software, from data/memory/overheads.toml.
struct MemoryOverheads {
  std::string vendor;          ///< as the catalogue names it
  Bytes context;               ///< driver context and loaded kernels
  Bytes per_communicator;      ///< buffers of one collective communicator
  Bytes workspace;             ///< scratch of the GEMM library
  double allocator_slack = 0;  ///< share of live bytes that the allocator holds beyond them
  std::string source;
  std::string status;
  // of the training framework, 0 where none is named
  double unsharded_bytes = 0;     ///< per trainable parameter, beside weights and gradients
  double step_bytes = 0;          ///< per parameter of the shard: flat buffers of the step that
                                  ///< cached activation blocks cannot serve
  double kept_stage_outputs = 0;  ///< 1: a stage keeps what it handed over until its backward
};

/// The entry of an accelerator's vendor (or the one named "other"), with that of the framework
/// profile where the file has one.
Result<MemoryOverheads> load_memory_overheads(const std::filesystem::path& data_directory,
                                              std::string_view vendor,
                                              std::string_view framework = {});

/// Layers of one kind on one device, for one micro-batch.
struct LayerInventory {
  double layers = 0;
  Bytes saved;  ///< no recompute
  Bytes saved_selective;
  Bytes saved_full;
};

/// What one device of a pipeline stage holds, before the plan's sharding.
struct StageInventory {
  std::vector<LayerInventory> layers;
  Bytes embedding_saved;  ///< per micro-batch
  Bytes head_saved;       ///< per micro-batch: logits, final norm, head input
  double parameters = 0;  ///< trainable, without routed experts
  double expert_parameters = 0;
  double frozen_parameters = 0;
  double layer_unit = 0;    ///< parameters of the largest layer, with its share of experts
  double largest_unit = 0;  ///< of the largest layer, embedding or head
  double micro_batches_in_flight = 1;
  double heads_in_flight = 1;
  double logits = 0;  ///< elements per micro-batch on this device
  Bytes stream;       ///< residual stream of one micro-batch, not sharded over tensor ranks
  Bytes widest;       ///< widest activation of a layer on this device
  Bytes dispatched;   ///< expert all-to-all payload
};

struct StageMemory {
  std::array<Bytes, kMemoryPartCount> parts{};
  Bytes total;
  Bytes host;  ///< offloaded to host memory per device
  Bytes& operator[](MemoryPartKind kind) { return parts[static_cast<std::size_t>(kind)]; }
  Bytes operator[](MemoryPartKind kind) const { return parts[static_cast<std::size_t>(kind)]; }
  /// Weights, gradients and optimiser states: what stays over the whole run.
  Bytes model_states() const;
};

/// Ranks over which dense, and routed-expert, states of one device are sharded.
struct ShardRanks {
  double dense = 1;
  double expert = 1;
};
ShardRanks shard_ranks(const TrainingPlan& plan);

StageMemory stage_memory(const TrainingPlan& plan, const StageInventory& inventory,
                         const MemoryOverheads& overheads);

/// Every stage of a plan. Precondition: plan_problems(model, plan) is empty.
std::vector<StageMemory> plan_memory(const ModelSpec& model, const TrainingPlan& plan,
                                     const MemoryOverheads& overheads);
/// The same with works that other plans share (made for a plan with the same work_key).
std::vector<StageMemory> plan_memory(const TrainingPlan& plan, LayerWorks& works,
                                     const MemoryOverheads& overheads);

/// The inventories behind plan_memory, one per stage.
std::vector<StageInventory> stage_inventories(const ModelSpec& model, const TrainingPlan& plan);
std::vector<StageInventory> stage_inventories(const TrainingPlan& plan, LayerWorks& works);

/// Index of the stage with the most memory.
std::size_t fullest_stage(const std::vector<StageMemory>& stages);

}  // namespace polyfleet
