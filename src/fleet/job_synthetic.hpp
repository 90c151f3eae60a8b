// Made-up jobs: Poisson arrivals, log-uniform working times, gang sizes by weight (the family that
// Gavel's and other schedulers' evaluations draw from). Same seed, same jobs.
#pragma once

#include <cstdint>
#include <vector>

#include "fleet/job_model.hpp"

namespace polyfleet {

struct SyntheticJobs {
  std::int64_t jobs = 0;
  double per_hour = 0;
  Seconds shortest, longest;    ///< of the working time
  std::vector<int> gangs;       ///< accelerators
  std::vector<double> weights;  ///< of the gangs; as many
};

/// Precondition: jobs >= 0, per_hour > 0, 0 < shortest <= longest, gangs and weights alike and not
/// empty, weights positive.
JobTrace synthetic_jobs(const SyntheticJobs& question, std::uint64_t seed);

}  // namespace polyfleet
