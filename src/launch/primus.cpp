#include "launch/primus.hpp"

#include <fmt/format.h>

#include "launch/megatron_reading.hpp"
#include "launch/megatron_settings.hpp"
#include "launch/pool_files.hpp"
#include "launch/primus_presets.hpp"
#include "launch/yaml_text.hpp"

namespace polyfleet {
namespace {

/// Primus dispatches with its own DeepEP, not with Megatron's switch.
void put_overrides(const std::vector<ToolSetting>& settings, Value& overrides) {
  bool turbo = false;
  for (const ToolSetting& setting : settings) {
    if (setting.concept_id == "moe_enable_deepep") {
      turbo = true;
      continue;
    }
    overrides.set(setting.concept_id, setting.value);
    if (setting.concept_id == "enable_zero_bubble") overrides.set("patch_zero_bubble", true);
  }
  if (!turbo) return;
  overrides.set("enable_primus_turbo", true);
  overrides.set("use_turbo_deepep", true);
}

Value experiment(const LaunchJob& job, const LaunchPool& pool, Value overrides) {
  Value trainer{Table{}};
  trainer.set("framework", "megatron");
  trainer.set("config", "pre_trainer.yaml");
  trainer.set("model", "language_model.yaml");
  trainer.set("overrides", std::move(overrides));
  Value modules{Table{}};
  modules.set("pre_trainer", std::move(trainer));
  Value document{Table{}};
  document.set("work_group", "${PRIMUS_TEAM:amd}");
  document.set("user_name", "${PRIMUS_USER:root}");
  document.set("exp_name", fmt::format("{}-{}", plain_name(job), pool.name));
  document.set("workspace", "${PRIMUS_WORKSPACE:./output}");
  document.set("modules", std::move(modules));
  return document;
}

/// Everything of the file that says what is computed: presets below, overrides on top.
void add_settings(const Value& document, ForeignSettings& settings) {
  for (const auto& [key, value] : *document.table()) {
    if (key == "modules") continue;
    settings.add(key, value, value.where());
  }
  const Value* modules = document.find("modules");
  if (modules == nullptr || modules->table() == nullptr) return;
  for (const auto& [name, module] : *modules->table()) {
    if (module.table() == nullptr) continue;
    for (const auto& [key, value] : *module.table()) {
      constexpr std::string_view kLinks[] = {"framework", "config", "model", "overrides"};
      const bool is_link = std::find(std::begin(kLinks), std::end(kLinks), key) != std::end(kLinks);
      if (!is_link) settings.add(key, value, value.where());
    }
    const Value* overrides = module.find("overrides");
    if (overrides == nullptr || overrides->table() == nullptr) continue;
    for (const auto& [key, value] : *overrides->table()) settings.add(key, value, value.where());
  }
}

}  // namespace

Result<LaunchExport> export_primus(const LaunchJob& job, const ToolTables& tables) {
  const ToolTable& table = tables.primus;
  const auto write = [&](const LaunchPool& pool, PlanSettings& settings) {
    put_megatron_model(job.model, settings);
    put_megatron_plan(job.model, tables, settings);
    settings.keep_named(table);
    Value overrides{Table{}};
    if (const Value* trial = table.section("trial"); trial && trial->table() != nullptr) {
      for (const auto& [key, value] : *trial->table()) overrides.set(key, value);
    }
    put_overrides(settings.settings(), overrides);
    return fmt::format(
        "# {}.\n# Made by polyfleet; keys as of Primus {}.\n"
        "# ./runner/primus-cli direct -- train pretrain --config <this file>, on every node.\n"
        "# A trial on synthetic data: give your own data and training settings instead.\n{}",
        job_line(job, pool), table.checked(), to_yaml(experiment(job, pool, std::move(overrides))));
  };
  return write_pools(job, "primus", ".yaml", table.tool(), write);
}

Result<LaunchImport> import_primus(std::string_view text, const std::string& file,
                                   const ImportContext& context, const ToolTables& tables) {
  LaunchImport import;
  import.scenario = Value(Table{});
  Result<Value> document = read_primus_document(text, file, context, import);
  if (!document) return document.problems();
  ForeignSettings settings(tables.primus, import);
  add_settings(*document, settings);
  if (context.devices > 0) settings.state_from("devices", context.devices, "--devices", {});
  settings.state_from("framework", "primus", "the format", {});
  import.model = read_megatron_model(settings);
  read_megatron_plan(settings, context);
  if (!settings.problems().empty()) return settings.problems();
  return import;
}

}  // namespace polyfleet
