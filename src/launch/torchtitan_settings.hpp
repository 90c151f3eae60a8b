// A plan in the fields of torchtitan's configuration. Internal to the launch room.
#pragma once

#include "launch/plan_settings.hpp"

namespace polyfleet {

/// Says the plan of one pool. torchtitan shards by FSDP, overlaps its exchanges by itself and
/// quantises in the model's own configuration.
void put_torchtitan_plan(const ModelSpec& model, PlanSettings& into);

/// Layers of every part of module_fqns_per_model_part ("layers.12" is one).
std::vector<int> torchtitan_part_layers(const Array& parts);

}  // namespace polyfleet
