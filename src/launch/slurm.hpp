// A batch script for sbatch that starts the framework on every node; where pools mix, a
// heterogeneous job with one component a pool. Site settings (partition, account, container) are
// left to sbatch.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

/// The files of the framework (LaunchJob::framework) come along, with what they leave unsaid.
Result<LaunchExport> export_slurm(const LaunchJob& job, const ToolTables& tables);

}  // namespace polyfleet
