// DeepSpeed's JSON configuration. Degrees that DeepSpeed leaves to the model's code (pipeline,
// context, expert) and the sequence length have no place in it. Names: data/launch/deepspeed.toml.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

Result<LaunchExport> export_deepspeed(const LaunchJob& job, const ToolTables& tables);
Result<LaunchImport> import_deepspeed(std::string_view text, const std::string& file,
                                      const ImportContext& context, const ToolTables& tables);

}  // namespace polyfleet
