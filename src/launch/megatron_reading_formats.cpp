#include <fmt/format.h>

#include "launch/megatron_reading.hpp"

namespace polyfleet {
namespace {

std::string recipe_of(ForeignSettings& settings) {
  const std::string fp8 = settings.text("fp8"), fp4 = settings.text("fp4");
  if (!fp4.empty() && fp4 != "null") return "nvfp4";
  if (!fp8.empty() && fp8 != "null" && fp8 != "false") {
    const std::string scaling = settings.text("fp8_recipe");
    if (scaling == "mxfp8") return "mxfp8";
    if (scaling == "delayed") return "fp8_delayed";
    if (scaling == "blockwise")
      settings.not_modelled("fp8_recipe", "blocks of 128 scaled in FP32 are taken as fp8_current");
    return "fp8_current";
  }
  if (settings.is_on("bf16")) return "bf16";
  return settings.is_on("fp16") ? "fp16" : "fp32";
}

double state_bytes(ForeignSettings& settings, std::string_view concept_id) {
  const std::string format = settings.text(concept_id);
  if (format == "fp16" || format == "bf16") return 2;
  return format == "fp8" ? 1 : 4;
}

void read_gradients(ForeignSettings& settings, const std::string& recipe) {
  const bool fp16 = recipe == "fp16", fp32 = recipe == "fp32";
  bool narrow = fp16 ? !settings.is_on("accumulate_allreduce_grads_in_fp32")
                     : settings.is_on("grad_reduce_in_bf16");
  if (fp32) narrow = false;
  settings.state("plan.gradient_reduce_dtype",
                 !narrow ? "fp32"
                 : fp16  ? "fp16"
                         : "bf16",
                 {"grad_reduce_in_bf16", "accumulate_allreduce_grads_in_fp32"});
}

void read_states(ForeignSettings& settings) {
  const bool aware = settings.is_on("use_precision_aware_optimizer");
  const double bytes = aware ? state_bytes(settings, "main_params_dtype") +
                                   state_bytes(settings, "exp_avg_dtype") +
                                   state_bytes(settings, "exp_avg_sq_dtype")
                             : 12;  // FP32 master weight and two FP32 moments
  settings.state("plan.optimizer_bytes_per_parameter", bytes, {"use_precision_aware_optimizer"});
  settings.state("plan.main_gradient_fp32", !(aware && settings.text("main_grads_dtype") == "bf16"),
                 {"main_grads_dtype", "use_precision_aware_optimizer"});
}

}  // namespace

void read_megatron_formats(ForeignSettings& settings) {
  const std::string recipe = recipe_of(settings);
  settings.state("precision", recipe, {"fp4", "fp8", "bf16", "fp16"});
  const bool narrow = recipe != "bf16" && recipe != "fp16" && recipe != "fp32";
  if (narrow)
    settings.state("plan.low_precision_parameters", settings.is_on("fp8_param_gather"),
                   {"fp8_param_gather"});
  if (settings.is_on("first_last_layers_bf16")) {
    settings.state("plan.precision.first_layers_wide",
                   settings.whole("num_layers_at_start_in_bf16").value_or(1),
                   {"num_layers_at_start_in_bf16", "first_last_layers_bf16"});
    settings.state("plan.precision.last_layers_wide",
                   settings.whole("num_layers_at_end_in_bf16").value_or(1),
                   {"num_layers_at_end_in_bf16", "first_last_layers_bf16"});
  }
  read_gradients(settings, recipe);
  read_states(settings);
}

}  // namespace polyfleet
