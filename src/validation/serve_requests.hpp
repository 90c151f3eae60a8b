// Measured servers request by request: each run's own arrivals and lengths replayed by the
// simulator under documented engine defaults, every request's time to first token and per further
// token held against what was measured (validation/serving_requests.toml).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// One request, measured and simulated. Times in seconds: first token after arrival, mean time per
/// further token.
struct RequestComparison {
  std::string id;
  std::int64_t input_tokens = 0, output_tokens = 0;
  Seconds measured_ttft, simulated_ttft, measured_tpot, simulated_tpot;
};

/// Errors as fractions: of the means over all requests, and the median of each request's own.
struct RequestErrors {
  double mean = 0, median = 0;
};

struct RequestRun {
  std::string name;
  std::vector<RequestComparison> requests;
  std::int64_t cache_tokens = 0, preemptions = 0;
  RequestErrors ttft, tpot;
};

/// `traces` is the folder of the files that the runs name. Errors: faulty data, an unreadable
/// trace, a model that does not fit.
Result<std::vector<RequestRun>> validate_requests(const Catalogue& catalogue,
                                                  const std::filesystem::path& validation_directory,
                                                  const std::filesystem::path& traces);

/// Every request as CSV.
std::string request_rows_csv(const std::vector<RequestRun>& runs);

}  // namespace polyfleet
