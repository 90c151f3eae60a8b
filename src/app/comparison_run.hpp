// The comparison behind `polyfleet main-job`: a folder of scenario files (scenarios/<name>/), one
// comparison.toml that states the power, the tokens and what every run shares, and one system a
// line. Each system gets as many accelerators as the power feeds by its all-in figure, and the plan
// with the most tokens a second that the planner finds on them.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "app/training_run.hpp"
#include "app/workspace.hpp"
#include "base/result.hpp"
#include "report/comparison_report.hpp"

namespace polyfleet {

/// A comparison with everything its report refers to.
struct ComparisonRun {
  std::deque<TrainingRun> runs;  ///< a deque: the comparison points into it
  Comparison comparison;
};

/// Reads folder/comparison.toml and runs it. Errors: those of the file, a system without a power
/// figure, no plan that fits.
Result<std::unique_ptr<ComparisonRun>> run_comparison(Workspace& workspace,
                                                      const std::string& folder);

}  // namespace polyfleet
