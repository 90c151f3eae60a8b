// How far a serving prediction may be off, earned on published measurements: the 10 % and 90 %
// quantiles of measured over predicted value among validation rows of the same kind of run,
// quantity and vendor (data/engines/intervals.toml, written by scripts/fit_serving.py from one half
// of the sources), widened by the cost models' own uncertainty where a part was never measured.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

struct ServingIntervalEntry {
  std::string kind, metric, vendor;  ///< "plain", "tpot", "AMD"; "*" matches anything
  double low = 1, high = 1;          ///< factors on the predicted value
  int rows = 0, sources = 0;
};

struct ServingInterval {
  double low = 1, high = 1;
  std::string basis;
};

class ServingIntervalTable {
 public:
  static Result<ServingIntervalTable> load(const std::filesystem::path& data_directory);
  /// The most specific entry (kind before metric before vendor); `model_sigma` (log) of the cost
  /// models beyond `known_sigma`, that of the rows behind the table, is added in quadrature.
  ServingInterval interval(std::string_view kind, std::string_view metric, std::string_view vendor,
                           double model_sigma) const;

 private:
  std::vector<ServingIntervalEntry> entries_;
  double known_sigma_ = 0;
};

}  // namespace polyfleet
