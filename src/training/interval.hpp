// How far a prediction may be off, earned on published measurements: the 10 % and 90 % quantiles of
// measured over predicted time among validation rows of the same kind
// (data/training/intervals.toml, written by scripts/fit_training.py from one half of the sources),
// widened by the cost models' own uncertainty where a part was never measured.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "training/scenario.hpp"

namespace polyfleet {

struct IntervalEntry {
  std::string vendor, family, framework, workload;  ///< "*" matches anything
  double low = 1, high = 1;                         ///< factors on the predicted time
  int rows = 0;
  int sources = 0;
};

/// The interval's factors and where they come from.
struct IntervalBasis {
  double low = 1, high = 1;
  std::string basis;
};

class IntervalTable {
 public:
  static Result<IntervalTable> load(const std::filesystem::path& data_directory);
  /// The most specific entry; `model_sigma` (log) of kernels and collectives is added in quadrature
  /// beyond `known_sigma`, the typical one of the rows the table was fitted on.
  IntervalBasis interval(const std::string& vendor, const std::string& family,
                         const std::string& framework, WorkloadClass workload,
                         double model_sigma) const;

 private:
  std::vector<IntervalEntry> entries_;
  double known_sigma_ = 0;
};

}  // namespace polyfleet
