// The keys of a plan as users write them (scenario TOML, --set plan.key=value), with help and
// ranges.
#pragma once

#include "config/fields.hpp"
#include "training/plan.hpp"

namespace polyfleet {

/// Everything of a plan except its layout and precision, which have tables of their own.
const FieldTable<TrainingPlan>& plan_fields();
const FieldTable<ParallelLayout>& layout_fields();
const FieldTable<PrecisionRecipe>& precision_fields();
const FieldTable<OverlapSettings>& overlap_fields();
const FieldTable<RecomputeModules>& recompute_module_fields();
const FieldTable<LoraSettings>& lora_fields();

}  // namespace polyfleet
