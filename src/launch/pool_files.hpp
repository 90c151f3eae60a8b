// What every training format does alike: one file for each pool of a job, the keys that stay unsaid
// gathered over the pools, and, where vendors mix, what the tool cannot do with several pools.
#pragma once

#include <functional>
#include <string>

#include "launch/plan_settings.hpp"

namespace polyfleet {

/// Says a pool's plan and returns the file's text.
using PoolWriter = std::function<std::string(const LaunchPool& pool, PlanSettings& settings)>;

/// The files "<stem><extension>", or "<stem>.<pool><extension>" of a mixed job. `tool` is for the
/// reasons. Errors: a job without pools.
Result<LaunchExport> write_pools(const LaunchJob& job, const std::string& stem,
                                 const std::string& extension, const std::string& tool,
                                 const PoolWriter& write);

/// The name of a pool's file.
std::string pool_file(const LaunchJob& job, const LaunchPool& pool, const std::string& stem,
                      const std::string& extension);
/// The fewest nodes that take equal shares of a pool's devices. Errors: no devices.
Result<std::int64_t> nodes_of(const LaunchPool& pool);
int devices_on_node(const LaunchPool& pool);
/// "llama3.1-70b on 64 amd_mi355x", the first line of every file's head.
std::string job_line(const LaunchJob& job, const LaunchPool& pool);
/// The job's name in lower-case letters, digits and '-', as Slurm and Kubernetes want names.
std::string plain_name(const LaunchJob& job);

}  // namespace polyfleet
