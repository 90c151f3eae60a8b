// Kubernetes objects of a serving plan, one file each: a Deployment for every pool whose replicas
// live on one node, a LeaderWorkerSet (leaderworkerset.x-k8s.io/v1) where a replica spans several,
// and a Service a pool. Resources and node labels: data/launch/cluster.toml; images:
// data/launch/<engine>.toml. Networks for RDMA are the site's own and are named as missing.
#pragma once

#include "launch/serving_arguments.hpp"

namespace polyfleet {

/// Preconditions: pools of vllm or sglang.
LaunchExport export_serving_kubernetes(const ServingLaunchJob& job,
                                       const ServingToolTables& tables);

/// The command of a pool's engine (launch/serving_launch.cpp).
ServingArguments serving_arguments(const ServingLaunchJob& job, const ServingLaunchPool& pool,
                                   const ServingToolTables& tables, const NodeWords& nodes);

}  // namespace polyfleet
