// A sensible plan for a machine: the fastest that fits in memory among a fixed grid of degrees,
// micro-batches and recompute modes, tried in order (same input, same plan). A grid, not a planner:
// it knows no mixed pools, no schedules beyond 1F1B and interleaved, no context parallelism.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/scenario_resolve.hpp"

namespace polyfleet {

/// The values that are tried for each part of the plan.
struct PlanGrid {
  std::vector<int> tensor{1, 2, 4, 8};
  std::vector<int> pipeline{1, 2, 4, 8, 16};
  std::vector<int> virtual_stages{1, 2, 4};
  std::vector<int> expert{1};
  std::vector<int> micro_batch{1, 2, 4};
  std::vector<std::string> recompute{"none", "selective", "full"};
};

struct SweptPlan {
  std::vector<Setting> settings;  ///< over the base document, reproducing the plan
  std::int64_t devices = 0;       ///< used; at most what was offered
  std::size_t tried = 0;          ///< plans estimated
  std::size_t fitting = 0;        ///< of them, fit in memory
};

/// The plan with the most tokens per second on at most `devices` accelerators. `base` is a scenario
/// without devices and degrees but with a global batch, which each plan rounds to a multiple of
/// what its replicas take in one round. Errors: those of the base, and nothing fits.
Result<SweptPlan> swept_plan(Workspace& workspace, const Value& base, std::int64_t devices,
                             const PlanGrid& grid);

}  // namespace polyfleet
