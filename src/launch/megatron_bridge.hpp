// Overrides of a Megatron-Bridge (NeMo) recipe in YAML, as its guide merges them into a
// ConfigContainer. Names: data/launch/megatron_bridge.toml.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

Result<LaunchExport> export_megatron_bridge(const LaunchJob& job, const ToolTables& tables);
Result<LaunchImport> import_megatron_bridge(std::string_view text, const std::string& file,
                                            const ImportContext& context, const ToolTables& tables);

}  // namespace polyfleet
