// Experiments of AMD's Primus (Megatron backend) in YAML, with its presets (extends, includes) and
// ${NAME:default}. Names: data/launch/primus.toml.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

Result<LaunchExport> export_primus(const LaunchJob& job, const ToolTables& tables);
Result<LaunchImport> import_primus(std::string_view text, const std::string& file,
                                   const ImportContext& context, const ToolTables& tables);

}  // namespace polyfleet
