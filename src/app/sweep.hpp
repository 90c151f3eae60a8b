// One question asked over a range: any key of a scenario, any figure of the part or system, any
// class of costs, over one or several axes (a grid). A point that cannot run keeps its reason;
// a mistake in writing (an unknown key, a wrong unit) is the user's and stops the sweep.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "app/what_if.hpp"
#include "report/sweep_report.hpp"

namespace polyfleet {

/// "KEY=A:B[:N][:log]" (N points from A to B, ends included; between whole numbers every one when N
/// is left out, else 5) or "KEY=V1,V2,..." . A and B carry the same unit. Errors: no "=", an empty
/// list, ends of different units, fewer than two points, a logarithmic range through zero.
Result<SweepAxis> sweep_axis(std::string_view text);

struct SweepRequest {
  Value document;  ///< the scenario with its flags
  std::vector<SweepAxis> axes;
  bool strict = false;
  /// Called after each point with the share that is done.
  std::function<void(double)> progress = {};
  const std::atomic<bool>* stop = nullptr;  ///< set: the points so far
};

/// Points of a grid at most: each keeps its whole estimate, some 10 kB.
inline constexpr std::size_t kMostGridPoints = 100'000;

/// Every point of the grid, the first axis slowest. Errors: an axis given twice, more than
/// kMostGridPoints, and everything that a reader refuses.
Result<SweepAnswer> run_sweep(Workspace& workspace, const SweepRequest& request);

}  // namespace polyfleet
