// Which rows of a table of training runs are tuned plans with everything stated, each distinct
// configuration once (validation/tuned_plans.toml). Internal to the validation room.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "validation/interpretation.hpp"
#include "validation/statistics.hpp"

namespace polyfleet {

struct PublishedPlan {
  RowInterpretation row;
  std::vector<std::string> equal_rows;  ///< ids of further rows with this configuration
};

struct PublishedPlans {
  std::vector<PublishedPlan> plans;  ///< in the order of the table
  std::vector<SkippedRow> skipped;
  std::size_t repeated = 0;
};

/// Sorts the rows; every one ends up in a plan, among its equals or among the skipped. Errors:
/// those of tuned_plans.toml.
Result<PublishedPlans> published_plans(std::vector<RowInterpretation> rows,
                                       const std::filesystem::path& validation_directory);

}  // namespace polyfleet
