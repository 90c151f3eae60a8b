// What each device of a plan holds, counted from the operators' own lists.
#include <algorithm>

#include "training/stage_inventory.hpp"

namespace polyfleet {
namespace {

class InventoryBuilder {
 public:
  InventoryBuilder(const TrainingPlan& plan, LayerWorks& works, std::span<const ChunkLayers> chunks)
      : model_(works.model()),
        plan_(plan),
        works_(works),
        batch_(micro_batch_of(plan)),
        chunks_(chunks) {}

  StageInventory build(std::size_t stage) {
    const auto stages = static_cast<std::size_t>(plan_.layout.pipeline);
    StageInventory inventory;
    for (std::size_t c = stage; c < chunks_.size(); c += stages) add_chunk(chunks_[c], inventory);
    if (plan_.schedule == Schedule::dual_pipe && stages > 1)
      add_chunk(chunks_[stages - 1 - stage], inventory);
    finish(static_cast<int>(stage), inventory);
    return inventory;
  }

 private:
  static void add_parameters(const LayerWork& work, double count, StageInventory& inventory) {
    inventory.parameters += work.parameters * count;
    inventory.expert_parameters += work.expert_parameters * count;
    inventory.frozen_parameters += work.frozen_parameters * count;
    inventory.largest_unit = std::max(
        inventory.largest_unit, work.parameters + work.expert_parameters + work.frozen_parameters);
  }

  static void add_layers(const LayerWork& work, double count, StageInventory& inventory) {
    if (count <= 0) return;
    add_parameters(work, count, inventory);
    inventory.layer_unit = std::max(
        inventory.layer_unit, work.parameters + work.expert_parameters + work.frozen_parameters);
    inventory.layers.push_back(
        {count, work.saved_activations, work.saved_selective, work.saved_full});
    for (const auto& pass : work.comms) {
      for (const Comm& comm : pass) {
        if (comm.kind == CollectiveKind::all_to_all)
          inventory.dispatched = max(inventory.dispatched, comm.payload);
      }
    }
  }

  void add_chunk(const ChunkLayers& chunk, StageInventory& inventory) {
    for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
      const auto named = static_cast<LayerKind>(kind);
      if (chunk.narrow[kind] > 0)
        add_layers(works_.layer(named, false), chunk.narrow[kind], inventory);
      if (chunk.wide[kind] > 0) add_layers(works_.layer(named, true), chunk.wide[kind], inventory);
    }
    if (chunk.embedding) {
      const LayerWork& work = works_.embedding();
      add_parameters(work, 1, inventory);
      inventory.embedding_saved += work.saved_activations;
    }
    if (chunk.head) {
      const LayerWork& work = works_.head();
      add_parameters(work, 1, inventory);
      inventory.head_saved += work.saved_activations;
      inventory.logits += batch_.sequences * batch_.sequence_length / plan_.layout.context *
                          static_cast<double>(model_.vocab) / plan_.layout.tensor;
    }
    if (chunk.mtp_modules > 0) add_layers(works_.mtp(), chunk.mtp_modules, inventory);
  }

  void finish(int stage, StageInventory& inventory) const {
    const PipelineShape shape{.schedule = plan_.schedule,
                              .stages = plan_.layout.pipeline,
                              .virtual_stages = plan_.layout.virtual_stages,
                              .micro_batches = micro_batches(),
                              .overlap_hand_over = plan_.overlap.pipeline};
    set_in_flight(shape, stage, inventory);
    const double tokens = batch_.sequences * batch_.sequence_length / plan_.layout.context;
    const Bytes element = bytes_per_element(plan_.precision.activation);
    inventory.stream = tokens * static_cast<double>(model_.hidden) * element;
    inventory.widest = max(inventory.stream, tokens * inner_width() * element);
  }

  std::int64_t micro_batches() const {
    return std::max<std::int64_t>(
        1, plan_.global_batch / (plan_.layout.data * std::int64_t{plan_.micro_batch}));
  }

  /// Elements per token between the matrices of the widest MLP on one device.
  double inner_width() const {
    const double halves = model_.ffn_matrices == 3 ? 2 : 1;
    const double dense = static_cast<double>(model_.ffn) / plan_.layout.tensor;
    const double routed = model_.is_moe()
                              ? static_cast<double>(model_.moe.expert_ffn) *
                                    static_cast<double>(model_.moe.top_k) / plan_.layout.tensor
                              : 0;
    return halves * std::max(dense, routed);
  }

  const ModelSpec& model_;
  const TrainingPlan& plan_;
  LayerWorks& works_;
  MicroBatch batch_;
  std::span<const ChunkLayers> chunks_;
};

}  // namespace

void set_in_flight(const PipelineShape& shape, int stage, StageInventory& inventory) {
  inventory.micro_batches_in_flight = micro_batches_in_flight(shape, stage);
  if (shape.schedule == Schedule::dual_pipe && shape.stages > 1)
    inventory.micro_batches_in_flight /= 2;  // both stages of the device are in the inventory
  inventory.heads_in_flight = logits_in_flight(shape);
}

StageInventory stage_inventory(const TrainingPlan& plan, LayerWorks& works,
                               std::span<const ChunkLayers> chunks, std::size_t stage) {
  return InventoryBuilder(plan, works, chunks).build(stage);
}

std::vector<StageInventory> stage_inventories(const ModelSpec& model, const TrainingPlan& plan) {
  LayerWorks works(model, plan);
  return stage_inventories(plan, works);
}

std::vector<StageInventory> stage_inventories(const TrainingPlan& plan, LayerWorks& works) {
  const std::vector<ChunkLayers> chunks = split_layers(works.model(), plan);
  InventoryBuilder builder(plan, works, chunks);
  std::vector<StageInventory> inventories;
  for (std::size_t stage = 0; stage < static_cast<std::size_t>(plan.layout.pipeline); ++stage)
    inventories.push_back(builder.build(stage));
  return inventories;
}

}  // namespace polyfleet
