// The inventory of single stages (training/memory.hpp), for searches that know how the layers fall
// on chunks and look at many plans of one split.
#pragma once

#include <span>

#include "training/memory.hpp"
#include "training/schedule.hpp"
#include "training/stages.hpp"

namespace polyfleet {

/// One of stage_inventories(plan, works), with the plan's chunks known (split_layers).
StageInventory stage_inventory(const TrainingPlan& plan, LayerWorks& works,
                               std::span<const ChunkLayers> chunks, std::size_t stage);

/// The two fields of an inventory that depend on schedule and micro-batches.
void set_in_flight(const PipelineShape& shape, int stage, StageInventory& inventory);

}  // namespace polyfleet
