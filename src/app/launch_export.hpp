// A resolved scenario as launch files (src/launch/launch.hpp): `polyfleet export`.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/scenario_resolve.hpp"
#include "launch/launch.hpp"

namespace polyfleet {

/// The job of one pool that a scenario describes.
LaunchJob launch_job(const ResolvedTraining& resolved);

/// Errors: an unknown scenario key, a model or machine that is not found, the format's own.
Result<LaunchExport> export_scenario(Workspace& workspace, LaunchFormat format,
                                     const std::string& path, const std::vector<Setting>& settings);

/// Writes the files into the folder, which is made where it does not exist.
Result<std::monostate> write_launch_files(const LaunchExport& made, const std::string& folder);

}  // namespace polyfleet
