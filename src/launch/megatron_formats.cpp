#include <fmt/format.h>

#include "launch/megatron_settings.hpp"

namespace polyfleet {
namespace {

/// How Megatron-Core names a precision recipe.
struct RecipeWords {
  std::string_view recipe;
  const char* wide;                 ///< bf16, fp16; empty = FP32
  const char *fp8 = "", *fp4 = "";  ///< format of the narrow operands
  const char* scaling = "";         ///< fp8_recipe or fp4_recipe
};
constexpr RecipeWords kRecipes[] = {
    {"fp32", "", "", "", ""},
    {"bf16", "bf16", "", "", ""},
    {"fp16", "fp16", "", "", ""},
    {"fp8_delayed", "bf16", "hybrid", "", "delayed"},
    {"fp8_current", "bf16", "hybrid", "", "tensorwise"},
    {"mxfp8", "bf16", "e4m3", "", "mxfp8"},
    {"nvfp4", "bf16", "", "e2m1", "nvfp4"},
};

/// Bytes of the master weight and the two moments, and the formats that make them.
struct StateWords {
  double bytes;
  const char *master, *first, *second;
};
constexpr StateWords kStates[] = {
    {10, "fp32", "bf16", "fp32"},
    {8, "fp32", "bf16", "bf16"},
    {6, "fp32", "fp8", "fp8"},
    {4, "fp16", "fp8", "fp8"},
};

void say_recipe(const ToolTables& tables, PlanSettings& into) {
  const TrainingPlan& plan = into.plan();
  const RecipeWords* words = nullptr;
  for (const RecipeWords& each : kRecipes) {
    if (each.recipe == plan.precision.name) words = &each;
  }
  if (words == nullptr) {  // what runs without it: the format of the residual stream
    into.put("bf16", plan.precision.activation == Dtype::bf16, "precision.name");
    into.put("fp16", plan.precision.activation == Dtype::fp16, "precision.name");
    return into.leave_out("precision.name", "Megatron-Core has no recipe of that name");
  }
  into.said("precision.name");
  for (const std::string_view wide : {"bf16", "fp16"})
    into.put(std::string(wide), wide == words->wide, "precision.name");
  into.put("fp8", *words->fp8 != '\0' ? Value(words->fp8) : Value(), "precision.name");
  if (*words->fp8 != '\0') into.put("fp8_recipe", words->scaling, "precision.name");
  if (*words->fp4 != '\0') {
    into.put("fp4", words->fp4, "precision.name");
    into.put("fp4_recipe", words->scaling, "precision.name");
  }
  if (plan.low_precision_parameters && *words->fp8 == '\0')
    into.leave_out("low_precision_parameters", "kept narrow with an FP8 recipe only");
  else if (*words->fp8 != '\0')
    into.put("fp8_param_gather", plan.low_precision_parameters, "low_precision_parameters");
  const auto recipe = tables.recipes.find(plan.precision.name);
  if (recipe == tables.recipes.end()) return;
  TrainingPlan usual = plan;
  usual.precision = recipe->second;
  const auto named = flat_keys(usual), wanted = flat_keys(plan);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string& key = wanted[i].first;
    if (!key.starts_with("precision.") || key.ends_with("layers_wide")) continue;
    if (to_json(named[i].second, -1) == to_json(wanted[i].second, -1))
      into.said(key);
    else
      into.leave_out(key, fmt::format("the recipe {} fixes it", plan.precision.name));
  }
}

void say_wide_layers(PlanSettings& into) {
  const PrecisionRecipe& recipe = into.plan().precision;
  if (recipe.first_layers_wide == 0 && recipe.last_layers_wide == 0) return;
  into.put("first_last_layers_bf16", true, "precision.first_layers_wide");
  into.put("num_layers_at_start_in_bf16", recipe.first_layers_wide, "precision.first_layers_wide");
  into.put("num_layers_at_end_in_bf16", recipe.last_layers_wide, "precision.last_layers_wide");
}

void say_gradients(PlanSettings& into) {
  const TrainingPlan& plan = into.plan();
  const bool fp16 = plan.precision.activation == Dtype::fp16;
  const Dtype narrow = fp16 ? Dtype::fp16 : Dtype::bf16;
  if (plan.precision.name == "fp32" || plan.gradient_reduce_dtype == Dtype::fp32)
    into.put("accumulate_allreduce_grads_in_fp32", plan.gradient_reduce_dtype == Dtype::fp32,
             "gradient_reduce_dtype");
  else if (!fp16 && plan.gradient_reduce_dtype == narrow)
    into.put("grad_reduce_in_bf16", true, "gradient_reduce_dtype");
  if (plan.gradient_reduce_dtype != Dtype::fp32 &&
      (plan.gradient_reduce_dtype != narrow || plan.precision.name == "fp32"))
    into.leave_out("gradient_reduce_dtype", "gradients are reduced in FP32 or in the wide format");
  else
    into.said("gradient_reduce_dtype");
}

void say_states(PlanSettings& into) {
  const TrainingPlan& plan = into.plan();
  const StateWords* words = nullptr;
  for (const StateWords& each : kStates) {
    if (each.bytes == plan.optimizer_bytes_per_parameter) words = &each;
  }
  // The offloaded update runs on the precision-aware optimizer's code, which must be asked for.
  const bool aware = words != nullptr || !plan.main_gradient_fp32 || plan.optimizer_offload;
  if (plan.optimizer_bytes_per_parameter != kFullOptimizerBytes && words == nullptr)
    into.leave_out("optimizer_bytes_per_parameter",
                   "no formats of master weight and moments make as many bytes");
  into.said("optimizer_bytes_per_parameter");
  into.said("main_gradient_fp32");
  if (!aware) return;
  if (plan.sharding == Sharding::none) {
    if (words != nullptr)
      into.leave_out("optimizer_bytes_per_parameter",
                     "narrow states need the distributed optimizer");
    if (!plan.main_gradient_fp32)
      into.leave_out("main_gradient_fp32", "narrow gradients need the distributed optimizer");
    return;
  }
  into.put("use_precision_aware_optimizer", true, "optimizer_bytes_per_parameter");
  if (!plan.main_gradient_fp32) into.put("main_grads_dtype", "bf16", "main_gradient_fp32");
  if (words == nullptr) return;
  into.put("main_params_dtype", words->master, "optimizer_bytes_per_parameter");
  into.put("exp_avg_dtype", words->first, "optimizer_bytes_per_parameter");
  into.put("exp_avg_sq_dtype", words->second, "optimizer_bytes_per_parameter");
}

}  // namespace

void put_megatron_formats(const ToolTables& tables, PlanSettings& into) {
  say_recipe(tables, into);
  say_wide_layers(into);
  say_gradients(into);
  say_states(into);
}

}  // namespace polyfleet
