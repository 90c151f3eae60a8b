#include "launch/megatron_bridge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "launch/megatron_reading.hpp"
#include "launch/megatron_settings.hpp"
#include "launch/pool_files.hpp"
#include "launch/shell_script.hpp"
#include "launch/yaml_text.hpp"

namespace polyfleet {
namespace {

/// A named set of number formats and what it settles.
struct Preset {
  std::string name, recipe;
  bool low_precision_parameters = false;
  int wide_layers = 0;
  Dtype gradients = Dtype::fp32;
  bool reading_only = false;
};

std::vector<Preset> presets_of(const ToolTable& table) {
  std::vector<Preset> presets;
  const Value* list = table.section("preset");
  if (list == nullptr || list->array() == nullptr) return presets;
  for (const Value& entry : *list->array()) {
    const auto text = [&](const char* key) {
      const Value* value = entry.find(key);
      return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
    };
    const auto is_true = [&](const char* key) {
      const Value* value = entry.find(key);
      return value != nullptr && value->boolean() != nullptr && *value->boolean();
    };
    Preset preset{text("name"), text("recipe"),         is_true("low_precision_parameters"), 0,
                  Dtype::fp32,  is_true("reading_only")};
    if (const Value* wide = entry.find("wide_layers"); wide && wide->integer() != nullptr)
      preset.wide_layers = static_cast<int>(*wide->integer());
    if (const auto dtype = dtype_named(text("gradients"))) preset.gradients = *dtype;
    presets.push_back(std::move(preset));
  }
  return presets;
}

/// Number formats come as one preset, which settles more than the recipe.
bool say_preset(const ToolTable& table, PlanSettings& into) {
  const TrainingPlan& plan = into.plan();
  constexpr const char* kTorchTypes = "the fields take torch types, which YAML does not carry";
  if (!plan.main_gradient_fp32) into.leave_out("main_gradient_fp32", kTorchTypes);
  if (plan.optimizer_bytes_per_parameter != kFullOptimizerBytes)
    into.leave_out("optimizer_bytes_per_parameter", kTorchTypes);
  const Preset* chosen = nullptr;
  const std::vector<Preset> presets = presets_of(table);
  for (const Preset& each : presets) {
    if (each.recipe == plan.precision.name && !each.reading_only) chosen = &each;
  }
  if (chosen == nullptr) {
    into.leave_out("precision.name", "no preset of that name");
    return false;
  }
  into.put("mixed_precision", chosen->name, "precision.name");
  const auto settled = [&](std::string_view key, bool agrees) {
    if (!agrees) into.leave_out(key, fmt::format("the preset {} settles it", chosen->name));
  };
  settled("low_precision_parameters",
          plan.low_precision_parameters == chosen->low_precision_parameters);
  settled("precision.first_layers_wide", plan.precision.first_layers_wide == chosen->wide_layers);
  settled("precision.last_layers_wide", plan.precision.last_layers_wide == chosen->wide_layers);
  settled("gradient_reduce_dtype", plan.gradient_reduce_dtype == chosen->gradients);
  into.said("low_precision_parameters");
  into.said("precision.first_layers_wide");
  into.said("precision.last_layers_wide");
  into.said("gradient_reduce_dtype");
  return true;
}

void say_adapters(PlanSettings& into) {
  const LoraSettings& lora = into.plan().lora;
  if (lora.rank == 0) return;
  into.put("lora_rank", lora.rank, "lora.rank");
  Value modules{Array{}};
  const auto add = [&](bool chosen, const char* key, const char* name) {
    if (chosen) modules.push(name);
    into.said(key);
  };
  add(lora.qkv, "lora.qkv", "linear_qkv");
  add(lora.output, "lora.output", "linear_proj");
  add(lora.mlp_up, "lora.mlp_up", "linear_fc1");
  add(lora.mlp_down, "lora.mlp_down", "linear_fc2");
  into.put("lora_modules", modules);
}

/// What Megatron-Bridge says in other words than Megatron-LM.
void put_in_bridge_words(const PlanSettings& said, PlanSettings& into) {
  constexpr std::string_view kOfPreset[] = {"bf16",
                                            "fp16",
                                            "fp8",
                                            "fp8_recipe",
                                            "fp8_param_gather",
                                            "fp4",
                                            "fp4_recipe",
                                            "first_last_layers_bf16",
                                            "num_layers_at_start_in_bf16",
                                            "num_layers_at_end_in_bf16",
                                            "accumulate_allreduce_grads_in_fp32",
                                            "grad_reduce_in_bf16",
                                            "main_grads_dtype",
                                            "main_params_dtype",
                                            "exp_avg_dtype",
                                            "exp_avg_sq_dtype",
                                            "group_query_attention",
                                            "max_position_embeddings"};
  for (const ToolSetting& setting : said.settings()) {
    const std::string& name = setting.concept_id;
    if (std::find(std::begin(kOfPreset), std::end(kOfPreset), name) != std::end(kOfPreset))
      continue;
    if (name == "untie_embeddings_and_output_weights") {
      into.put("share_embeddings_and_output_weights", !*setting.value.boolean());
    } else if (name == "moe_enable_deepep") {
      into.put("moe_flex_dispatcher_backend", "deepep", setting.key);
    } else if (name == "cpu_offloading_num_layers") {
      into.put("cpu_offloading", true, setting.key);
      into.put(name, setting.value, setting.key);
    } else {
      into.put(name, setting.value, setting.key);
      if (name == "swiglu" && *setting.value.boolean()) into.put("activation_func", "silu");
    }
  }
}

/// A layout does not tell the number of virtual stages to the container.
void say_virtual_stages(PlanSettings& into) {
  const int stages = into.plan().layout.virtual_stages;
  const Value* layout = into.value_of("pipeline_model_parallel_layout");
  if (layout != nullptr && !layout->is_null() && stages > 1)
    into.put("num_virtual_stages_per_pipeline_rank", stages, "layout.virtual_stages");
}

Value document_of(const std::vector<ToolSetting>& settings, const ToolTable& table);

std::string override_word(const std::string& name, const Value& value) {
  return shell_quoted(name + "=" + bare_text(value));
}

/// The launcher: the same overrides on the command line of the generic recipe script.
std::string launcher_text(const LaunchJob& job, const LaunchPool& pool, const ToolTable& table,
                          const Value& document, std::int64_t nodes) {
  std::string lines;
  for (const auto& [name, value] : flattened(document))
    lines += "  " + override_word(name, value) + " \\\n";
  return fmt::format(
      "#!/usr/bin/env bash\n# {}.\n# Made by polyfleet; overrides as of Megatron-Bridge {}.\n"
      "# RECIPE names the recipe that is overridden, for example llama3_70b_pretrain_config.\n"
      "set -euo pipefail\n"
      "torchrun --nproc_per_node {} --nnodes {} --node_rank \"${{NODE_RANK:-0}}\" \\\n"
      "  --master_addr \"${{MASTER_ADDR:-localhost}}\" --master_port \"${{MASTER_PORT:-29500}}\" "
      "\\\n  scripts/training/run_recipe.py --recipe \"${{RECIPE:?name a recipe}}\" \\\n"
      "  --dataset \"${{DATASET:-llm-pretrain-mock}}\" \\\n{}  \"$@\"\n",
      job_line(job, pool), table.checked(), devices_on_node(pool), nodes, lines);
}

Value document_of(const std::vector<ToolSetting>& settings, const ToolTable& table) {
  Value document{Table{}};
  for (const ToolSetting& setting : settings) {
    const std::string* name = table.name_of(setting.concept_id);
    if (name == nullptr) continue;
    set_dotted(document, *name, setting.value);
    for (const std::string& mirror : table.mirrors_of(setting.concept_id))
      set_dotted(document, mirror, setting.value);
  }
  return document;
}

}  // namespace

Result<LaunchExport> export_megatron_bridge(const LaunchJob& job, const ToolTables& tables) {
  const ToolTable& table = tables.megatron_bridge;
  std::vector<LaunchFile> launchers;
  Diagnostics problems;
  const auto write = [&](const LaunchPool& pool, PlanSettings& settings) {
    TrainingPlan usual = pool.plan;  // formats are the preset's business
    usual.optimizer_bytes_per_parameter = TrainingPlan{}.optimizer_bytes_per_parameter;
    usual.main_gradient_fp32 = true;
    PlanSettings said(usual);
    put_megatron_model(job.model, said);
    put_megatron_plan(job.model, tables, said);
    for (const Unexpressed& each : said.unexpressed()) {
      const bool of_plan = each.setting.starts_with("plan.");
      const std::string key = of_plan ? each.setting.substr(5) : each.setting;
      if (key == "gradient_reduce_dtype" || key == "low_precision_parameters") continue;
      if (of_plan && key != "precision.name")
        settings.leave_out(key, each.why);
      else if (!of_plan)
        settings.leave_out_other(each.setting, each.value, each.why);
    }
    for (const char* key : {"layout.data", "schedule", "stage_layers", "layout.virtual_stages"}) {
      if (said.has_said(key)) settings.said(key);
    }
    for (const char* module : {"core_attention", "latent_up", "norm", "activation", "mlp"})
      settings.said(fmt::format("recompute_modules.{}", module));
    put_in_bridge_words(said, settings);
    say_virtual_stages(settings);
    if (say_preset(table, settings)) {
      for (const auto& [key, value] : flat_keys(pool.plan)) {
        if (key.starts_with("precision.") && !key.ends_with("layers_wide") && said.has_said(key))
          settings.said(key);
      }
    }
    say_adapters(settings);
    settings.keep_named(table);
    const Value document = document_of(settings.settings(), table);
    const Result<std::int64_t> nodes = nodes_of(pool);
    if (!nodes) problems = nodes.problems();
    launchers.push_back({pool_file(job, pool, "megatron_bridge", ".sh"),
                         launcher_text(job, pool, table, document, nodes ? *nodes : 0)});
    return fmt::format(
        "# {}.\n# Made by polyfleet; fields as of Megatron-Bridge {}.\n"
        "# Overrides of a recipe, merged by OmegaConf; the .sh beside it gives the same ones.\n{}",
        job_line(job, pool), table.checked(), to_yaml(document));
  };
  Result<LaunchExport> made = write_pools(job, "megatron_bridge", ".yaml", table.tool(), write);
  if (!problems.empty()) return problems;
  if (made) {
    for (LaunchFile& launcher : launchers) made->files.push_back(std::move(launcher));
  }
  return made;
}

namespace {

void read_preset(ForeignSettings& settings) {
  if (!settings.is_given("mixed_precision")) return;
  std::string name = settings.text("mixed_precision");
  std::replace(name.begin(), name.end(), '-', '_');
  for (const Preset& preset : presets_of(settings.table())) {
    if (preset.name != name) continue;
    settings.state("precision", preset.recipe, {"mixed_precision"});
    settings.state("plan.low_precision_parameters", preset.low_precision_parameters,
                   {"mixed_precision"});
    settings.state("plan.precision.first_layers_wide", preset.wide_layers, {"mixed_precision"});
    settings.state("plan.precision.last_layers_wide", preset.wide_layers, {"mixed_precision"});
    settings.state("plan.gradient_reduce_dtype", name_of(preset.gradients), {"mixed_precision"});
    return;
  }
  settings.not_modelled("mixed_precision", "a preset that is in no table; state precision");
}

void read_adapters(ForeignSettings& settings) {
  const auto rank = settings.whole("lora_rank");
  if (!rank) return;
  settings.state("plan.lora.rank", *rank, {"lora_rank"});
  if (!settings.is_given("lora_modules")) return;
  const std::vector<std::string> names = settings.words("lora_modules");
  const auto has = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  settings.state("plan.lora.qkv", has("linear_qkv"), {"lora_modules"});
  settings.state("plan.lora.output", has("linear_proj"), {"lora_modules"});
  settings.state("plan.lora.mlp_up", has("linear_fc1"), {"lora_modules"});
  settings.state("plan.lora.mlp_down", has("linear_fc2"), {"lora_modules"});
}

}  // namespace

Result<LaunchImport> import_megatron_bridge(std::string_view text, const std::string& file,
                                            const ImportContext& context,
                                            const ToolTables& tables) {
  Result<Value> document = parse_yaml(text, file);
  if (!document) return document.problems();
  if (document->table() == nullptr)
    return problem_at(document->where(), "is no table of overrides",
                      "give the YAML that is merged into a recipe");
  LaunchImport import;
  import.scenario = Value(Table{});
  ForeignSettings settings(tables.megatron_bridge, import);
  for (const auto& [name, value] : flattened(*document)) settings.add(name, value, value.where());
  if (settings.is_given("share_embeddings_and_output_weights"))
    settings.add_concept("untie_embeddings_and_output_weights",
                         "model.share_embeddings_and_output_weights",
                         Value(!settings.is_on("share_embeddings_and_output_weights")), {});
  if (context.devices > 0) settings.state_from("devices", context.devices, "--devices", {});
  settings.state_from("framework", "megatron_bridge", "the format", {});
  import.model = read_megatron_model(settings);
  read_megatron_plan(settings, context);
  read_preset(settings);
  read_adapters(settings);
  if (!settings.problems().empty()) return settings.problems();
  return import;
}

}  // namespace polyfleet
