// torchtitan's configuration functions in Python (its TOML files are gone): a function that sets
// the plan's fields on a configuration. Read back: assignments of literals. Names:
// data/launch/torchtitan.toml.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

Result<LaunchExport> export_torchtitan(const LaunchJob& job, const ToolTables& tables);
Result<LaunchImport> import_torchtitan(std::string_view text, const std::string& file,
                                       const ImportContext& context, const ToolTables& tables);

}  // namespace polyfleet
