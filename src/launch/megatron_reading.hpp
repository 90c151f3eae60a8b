// From settings in the words of Megatron-Core (Megatron-LM, Megatron-Bridge, Primus) to a scenario:
// the inverse of launch/megatron_settings.hpp, tolerant of what others write.
#pragma once

#include "launch/foreign_settings.hpp"

namespace polyfleet {

/// States the plan. `context.devices` is the number of ranks where it is known, else 0.
void read_megatron_plan(ForeignSettings& settings, const ImportContext& context);
/// Number formats, gradients, optimizer states. Part of read_megatron_plan.
void read_megatron_formats(ForeignSettings& settings);
/// The architecture, or nothing where the settings do not describe one. The vocabulary is 0 where
/// it is the tokenizer's.
std::optional<ModelSpec> read_megatron_model(ForeignSettings& settings);

}  // namespace polyfleet
