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

/// The shipped precision recipes by name: bf16, fp16, fp8 (delayed or current scaling), fp8-block,
/// mxfp8, nvfp4. Which GEMMs are narrow follows Transformer Engine's and Megatron-Core's recipes of
/// those names.
const std::vector<PrecisionRecipe>& precision_recipes();
Result<PrecisionRecipe> precision_recipe(const std::string& name);

}  // namespace polyfleet
