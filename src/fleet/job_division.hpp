// How the policies of fleet/job_rounds.hpp divide the pools: shares of time for every job that is
// there, one policy a class.
#pragma once

#include <memory>
#include <vector>

#include "fleet/job_rounds.hpp"

namespace polyfleet {

/// A job as a division sees it.
struct DividedJob {
  int job = 0;  ///< index in the trace; lists are in this order
  int gang = 1;
  const std::vector<double>* rate = nullptr;  ///< by pool
};

/// [job in the list][pool]: share of the job's time.
using Division = std::vector<std::vector<double>>;

class DivisionPolicy {
 public:
  virtual ~DivisionPolicy() = default;
  virtual Division divide(const std::vector<DividedJob>& jobs) = 0;
  /// Jobs without a share in a pool never run there, even if it stands idle.
  virtual bool only_divided() const { return false; }
  /// Pools are filled in their order, not in a random one.
  virtual bool ordered_pools() const { return false; }
};

std::unique_ptr<DivisionPolicy> division_policy(const RoundQuestion& question);

}  // namespace polyfleet
