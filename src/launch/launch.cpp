#include "launch/launch.hpp"

#include <fmt/format.h>

#include "launch/deepspeed.hpp"
#include "launch/kubernetes.hpp"
#include "launch/megatron_bridge.hpp"
#include "launch/megatron_lm.hpp"
#include "launch/primus.hpp"
#include "launch/slurm.hpp"
#include "launch/torchtitan.hpp"

namespace polyfleet {

const std::array<LaunchFormatEntry, kLaunchFormatCount>& launch_formats() {
  static const std::array<LaunchFormatEntry, kLaunchFormatCount> formats{{
      {LaunchFormat::megatron_lm, "megatron-lm", "a script with Megatron-LM's arguments", true},
      {LaunchFormat::megatron_bridge, "megatron-bridge",
       "YAML overrides of a Megatron-Bridge (NeMo) recipe", true},
      {LaunchFormat::primus, "primus", "an experiment of AMD's Primus in YAML", true},
      {LaunchFormat::deepspeed, "deepspeed", "DeepSpeed's configuration in JSON", true},
      {LaunchFormat::torchtitan, "torchtitan", "a torchtitan configuration function in Python",
       true},
      {LaunchFormat::slurm, "slurm", "an sbatch script with the framework's files", false},
      {LaunchFormat::kubernetes, "kubernetes", "a JobSet manifest with the framework's files",
       false},
  }};
  return formats;
}

std::optional<LaunchFormat> launch_format_named(std::string_view name) {
  for (const LaunchFormatEntry& entry : launch_formats()) {
    if (entry.name == name) return entry.format;
  }
  return {};
}

std::string_view name_of(LaunchFormat format) {
  return launch_formats()[static_cast<std::size_t>(format)].name;
}

Result<LaunchExport> export_launch(LaunchFormat format, const LaunchJob& job,
                                   const ToolTables& tables) {
  switch (format) {
    case LaunchFormat::megatron_lm:
      return export_megatron_lm(job, tables);
    case LaunchFormat::megatron_bridge:
      return export_megatron_bridge(job, tables);
    case LaunchFormat::primus:
      return export_primus(job, tables);
    case LaunchFormat::deepspeed:
      return export_deepspeed(job, tables);
    case LaunchFormat::torchtitan:
      return export_torchtitan(job, tables);
    case LaunchFormat::slurm:
      return export_slurm(job, tables);
    case LaunchFormat::kubernetes:
      return export_kubernetes(job, tables);
  }
  return problem("unknown format");
}

Result<LaunchImport> import_launch(LaunchFormat format, std::string_view text,
                                   const std::string& file, const ImportContext& context,
                                   const ToolTables& tables) {
  switch (format) {
    case LaunchFormat::megatron_lm:
      return import_megatron_lm(text, file, context, tables);
    case LaunchFormat::megatron_bridge:
      return import_megatron_bridge(text, file, context, tables);
    case LaunchFormat::primus:
      return import_primus(text, file, context, tables);
    case LaunchFormat::deepspeed:
      return import_deepspeed(text, file, context, tables);
    case LaunchFormat::torchtitan:
      return import_torchtitan(text, file, context, tables);
    case LaunchFormat::slurm:
    case LaunchFormat::kubernetes:
      break;
  }
  return problem(fmt::format("{} files carry a plan of another format", name_of(format)),
                 "import the framework's own file");
}

}  // namespace polyfleet
