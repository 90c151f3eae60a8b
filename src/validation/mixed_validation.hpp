// Published results of mixed vendors and generations against the mixed step: every training row of
// validation/heterogeneous.csv, set up from catalogue data by validation/mixed_rows.toml, or with
// the reason why its source does not define it. Ratios are throughput per device over that of the
// reference; where several references run alone, over that of all of them together. Wrong where a
// source leaves batch, sequence or recomputation open: the range over other readings says how much
// that matters.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "training/estimate.hpp"

namespace polyfleet {

struct MixedValidationRow {
  std::string source, workload, url;
  std::string compared;              ///< "8 H200 alone, per device"
  std::vector<std::string> missing;  ///< not empty: not set up, and why
  double published = 0;
  double predicted = 0;
  double low = 0, high = 0;  ///< over the row's other readings of what its source leaves open
  double bound = 0;          ///< predicted with every software-maturity factor off
  double points = 0;         ///< 100 x (predicted - published)
  bool fits_in_memory = true;
  std::string limit;  ///< what the mixed step spends its time on beside compute, in words
  std::vector<std::string> assumptions;
  bool set_up() const { return missing.empty(); }
};

struct MixedValidationOptions {
  bool strict = false;  ///< software-maturity factors off
};

/// Rows of the table that the program covers: kind "training".
struct MixedValidation {
  std::vector<MixedValidationRow> rows;
  int set_up = 0;
  int within_five_points = 0;
  int bound_within_five_points = 0;  ///< with every software-maturity factor off
};

/// `table` is CSV text with the columns of validation/heterogeneous.csv. Diagnoses faults of the
/// files, training rows that mixed_rows.toml does not speak of, and entries for rows that are not
/// in the table.
Result<MixedValidation> validate_mixed(std::string_view table, const std::string& file,
                                       const Catalogue& catalogue, const TrainingModels& models,
                                       const std::filesystem::path& validation_directory,
                                       const MixedValidationOptions& options);

/// The first number of a published ratio: "0.98x", "1.09-1.16".
std::optional<double> published_ratio(std::string_view text);

}  // namespace polyfleet
