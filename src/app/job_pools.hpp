// The pools of a job study: what is stated, what the catalogue and data/reliability fill.
#pragma once

#include <string>
#include <vector>

#include "app/job_stated.hpp"
#include "app/workspace.hpp"

namespace polyfleet {

struct ResolvedPools {
  std::vector<JobPool> pools;
  std::vector<PoolFailures> failures;
  std::vector<PoolMaintenance> maintenance;
  std::vector<std::string> assumptions;
};

/// Adds every problem to `problems`.
ResolvedPools resolve_pools(const std::vector<StatedJobPool>& stated, Workspace& workspace,
                            Diagnostics& problems);

}  // namespace polyfleet
