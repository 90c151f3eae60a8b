// The project's own speed, measured in process on one core, and the signature of its results: one
// number that changes exactly when a golden result does.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "base/result.hpp"

namespace polyfleet {

/// One measured speed with the goal it is held against.
struct SpeedFigure {
  std::string key;   ///< "plan_evaluations_per_s"
  std::string what;  ///< for people
  double value = 0;
  std::string unit;
  double goal = 0;
  bool more_is_better = true;
  bool reached() const { return more_is_better ? value >= goal : value <= goal; }
};

/// Processor time of this process since a moment of std::clock(), in seconds.
double processor_seconds(std::clock_t since);

/// Runs every measurement, a few tenths of a second each. Errors: data that does not load.
Result<std::vector<SpeedFigure>> measure_speed(Workspace& workspace);

/// FNV-1a (64 bit) over the results of every training scenario and service under scenarios/,
/// numbers at nine digits.
Result<std::uint64_t> results_signature(Workspace& workspace);

/// Training scenarios of the golden tests: files under scenarios/ that are neither comparisons nor
/// services nor questions for a planner, sorted.
std::vector<std::string> golden_scenarios(const Workspace& workspace);
/// Services of the golden tests: scenarios/serving/*.toml, sorted.
std::vector<std::string> golden_services(const Workspace& workspace);

}  // namespace polyfleet
