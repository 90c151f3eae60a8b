// A JobSet (jobset.x-k8s.io/v1alpha2) with one replicated job a pool, that starts the framework on
// every node. Names of resources and node labels: data/launch/cluster.toml.
#pragma once

#include "launch/launch.hpp"

namespace polyfleet {

/// The files of the framework (LaunchJob::framework) come along, with what they leave unsaid.
Result<LaunchExport> export_kubernetes(const LaunchJob& job, const ToolTables& tables);

}  // namespace polyfleet
