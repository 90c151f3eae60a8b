// Megatron-LM command lines: a script that starts pretrain_gpt.py by torchrun, and the reading of
// others' scripts and bare argument lists. Names: data/launch/megatron_lm.toml.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

Result<LaunchExport> export_megatron_lm(const LaunchJob& job, const ToolTables& tables);
Result<LaunchImport> import_megatron_lm(std::string_view text, const std::string& file,
                                        const ImportContext& context, const ToolTables& tables);

}  // namespace polyfleet
