#include "validation/row_formats.hpp"

#include <fmt/format.h>

#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr double kFullStates = 12;  // FP32 master weight and two FP32 moments

/// Bytes a parameter of the optimizer's states, from wording like "precision-aware: main_params
/// float32, exp_avg bfloat16, exp_avg_sq bfloat16".
std::optional<double> state_bytes(std::string_view wording) {
  const std::string text = lower(wording);
  if (text.empty()) return {};
  if (mentions(text, "stochastic rounding")) return 4;  // BF16 moments, no master copy
  if (mentions(text, "exp_avg_sq")) {
    const double master = mentions(text, "main_params bfloat16") ? 2 : 4;
    const double first = mentions(text, "exp_avg bfloat16") ? 2 : 4;
    const double second = mentions(text, "exp_avg_sq bfloat16") ? 2 : 4;
    return master + first + second;
  }
  if (mentions(text, "no precision-aware")) return kFullStates;
  if (mentions(text, "optimizer dtype bf16") || mentions(text, "precision-aware")) return 8;
  return kFullStates;
}

std::string stated_recipe(const TruthRow& row) {
  const std::string recipe = recipe_named(row.text("precision_recipe"));
  return recipe.empty() ? recipe_named(row.text("precision")) : recipe;
}

std::string chosen_recipe(RowReading& reading, const Siblings& siblings) {
  std::string recipe = stated_recipe(reading.row);
  if (!recipe.empty()) return recipe;
  for (const std::string_view column : {"precision_recipe", "precision"}) {
    const TruthRow* other = siblings.with_column(reading.row, column);
    if (other == nullptr || (recipe = stated_recipe(*other)).empty()) continue;
    reading.inferred("precision", recipe,
                     fmt::format("as row {}, the nearest of its series", other->text("id")));
    return recipe;
  }
  recipe = reading.from_profile("precision");
  return recipe.empty() ? "bf16" : recipe;
}

void read_precision(RowReading& reading, const Siblings& siblings, TrainingPlan& plan) {
  const std::string recipe = chosen_recipe(reading, siblings);
  const auto found = reading.tables.precisions.find(recipe);
  if (found == reading.tables.precisions.end())
    return reading.leave_out("precision recipe unknown: " + recipe);
  plan.precision = found->second;
  const std::string_view attention = reading.row.text("attention_precision");
  if (mentions(attention, "fp8")) plan.precision.attention = Dtype::fp8;
  const std::string_view wide = reading.row.text("first_last_layers_bf16");
  if (mentions(wide, "true")) {
    const auto start = number_after(wide, "start="), end = number_after(wide, "end=");
    plan.precision.first_layers_wide = static_cast<int>(start.value_or(1));
    plan.precision.last_layers_wide = static_cast<int>(end.value_or(1));
  }
  plan.low_precision_parameters = reading.row.flag("fp8_params").value_or(false) ||
                                  reading.row.remark("fp8_param_gather") == "true";
}

void read_gradients(RowReading& reading, TrainingPlan& plan) {
  const TruthRow& row = reading.row;
  std::string dtype = lower(row.text("grad_reduce_dtype"));
  if (dtype.empty() && mentions(row.text("precision_recipe"), "fp16 gradient")) dtype = "fp16";
  if (dtype.empty() && row.remark("fsdp_mixed_precision") == "PURE") dtype = "bf16";
  if (dtype.empty()) dtype = reading.from_profile("grad_dtype");
  plan.gradient_reduce_dtype = dtype_named(dtype).value_or(Dtype::fp32);
  const std::string_view states = row.text("optimizer_dtype");
  plan.main_gradient_fp32 = !mentions(states, "main_grads bfloat16") && dtype != "fp16";
}

}  // namespace

std::string recipe_named(std::string_view wording) {
  const std::string text = lower(wording);
  if (mentions(text, "fp4")) return "nvfp4";
  if (mentions(text, "mxfp8")) return "mxfp8";
  if (mentions(text, "fp8"))
    return mentions(text, "current") || mentions(text, "tensorwise") ? "fp8_current"
                                                                     : "fp8_delayed";
  if (mentions(text, "int8")) return "int8";
  if (mentions(text, "bf16") || mentions(text, "bfloat16")) return "bf16";
  if (mentions(text, "fp16") || mentions(text, "float16")) return "fp16";
  if (mentions(text, "fp32") || mentions(text, "float32")) return "fp32";
  if (text == "amp") return "fp16";  // automatic mixed precision, the format not said: 16 bits
  return {};
}

void read_formats(RowReading& reading, const Siblings& siblings, TrainingPlan& plan) {
  read_precision(reading, siblings, plan);
  read_gradients(reading, plan);
  if (mentions(reading.row.text("precision"), "sr")) {  // Neuron: BF16 with stochastic rounding
    plan.optimizer_bytes_per_parameter = 4;
  } else if (const auto bytes = state_bytes(reading.row.text("optimizer_dtype"))) {
    plan.optimizer_bytes_per_parameter = *bytes;
  }
  plan.optimizer_offload = mentions(reading.row.text("optimizer_cpu_offload"), "cpu");
}

}  // namespace polyfleet
