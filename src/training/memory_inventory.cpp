// What each device of a plan holds, counted from the operators' own lists.
#include <algorithm>
#include <optional>

#include "training/memory.hpp"
#include "training/schedule.hpp"
#include "training/stages.hpp"

namespace polyfleet {
namespace {

class InventoryBuilder {
 public:
  InventoryBuilder(const ModelSpec& model, const TrainingPlan& plan)
      : model_(model),
        plan_(plan),
        batch_(micro_batch_of(plan)),
        wide_(wide_recipe(plan.precision)),
        chunks_(split_layers(model, plan)) {}

  std::vector<StageInventory> build() {
    const auto stages = static_cast<std::size_t>(plan_.layout.pipeline);
    std::vector<StageInventory> inventories;
    for (std::size_t stage = 0; stage < stages; ++stage) {
      StageInventory inventory;
      for (std::size_t c = stage; c < chunks_.size(); c += stages) add_chunk(chunks_[c], inventory);
      if (plan_.schedule == Schedule::dual_pipe && stages > 1)
        add_chunk(chunks_[stages - 1 - stage], inventory);
      finish(static_cast<int>(stage), inventory);
      inventories.push_back(std::move(inventory));
    }
    return inventories;
  }

 private:
  BuildContext context(const PrecisionRecipe& precision) const {
    return {model_, plan_.layout, precision, batch_, plan_.lora};
  }

  const LayerWork& layer(std::size_t kind, bool wide) {
    std::optional<LayerWork>& slot = (wide ? wide_layers_ : layers_)[kind];
    if (!slot)
      slot = layer_work(static_cast<LayerKind>(kind), context(wide ? wide_ : plan_.precision));
    return *slot;
  }

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
      if (chunk.narrow[kind] > 0) add_layers(layer(kind, false), chunk.narrow[kind], inventory);
      if (chunk.wide[kind] > 0) add_layers(layer(kind, true), chunk.wide[kind], inventory);
    }
    if (chunk.embedding) {
      const LayerWork work = embedding_work(context(plan_.precision));
      add_parameters(work, 1, inventory);
      inventory.embedding_saved += work.saved_activations;
    }
    if (chunk.head) {
      const LayerWork work = head_work(context(plan_.precision));
      add_parameters(work, 1, inventory);
      inventory.head_saved += work.saved_activations;
      inventory.logits += batch_.sequences * batch_.sequence_length / plan_.layout.context *
                          static_cast<double>(model_.vocab) / plan_.layout.tensor;
    }
    if (chunk.mtp_modules > 0)
      add_layers(mtp_work(context(plan_.precision)), chunk.mtp_modules, inventory);
  }

  void finish(int stage, StageInventory& inventory) const {
    const PipelineShape shape{.schedule = plan_.schedule,
                              .stages = plan_.layout.pipeline,
                              .virtual_stages = plan_.layout.virtual_stages,
                              .micro_batches = micro_batches(),
                              .overlap_hand_over = plan_.overlap.pipeline};
    inventory.micro_batches_in_flight = micro_batches_in_flight(shape, stage);
    if (plan_.schedule == Schedule::dual_pipe && shape.stages > 1)
      inventory.micro_batches_in_flight /= 2;  // both stages of the device are in the inventory
    inventory.heads_in_flight = logits_in_flight(shape);
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
  MicroBatch batch_;
  PrecisionRecipe wide_;
  std::vector<ChunkLayers> chunks_;
  std::array<std::optional<LayerWork>, kLayerKindCount> layers_, wide_layers_;
};

}  // namespace

std::vector<StageInventory> stage_inventories(const ModelSpec& model, const TrainingPlan& plan) {
  return InventoryBuilder(model, plan).build();
}

}  // namespace polyfleet
