// Latencies of any number of requests in constant memory: buckets are the leading eight bits of
// the time in picoseconds, as in HdrHistogram (Tene, hdrhistogram.org). A percentile (nearest rank)
// is the middle of its bucket: within 0.4 % of the true one; count, mean and maximum are exact.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/picos.hpp"

namespace polyfleet {

/// Percentiles of one measure over the counted requests, in seconds (0 when there are none). From
/// a log-spaced histogram: within 0.5 %, of constant size; mean and maximum are exact.
struct LatencySummary {
  std::int64_t count = 0;
  double mean = 0, p50 = 0, p90 = 0, p95 = 0, p99 = 0, maximum = 0;
};

class LatencyHistogram {
 public:
  LatencyHistogram();
  /// Precondition: not negative.
  void add(Picos latency);
  void add(const LatencyHistogram& others);
  std::int64_t count() const { return count_; }
  /// The latency that a share `p` of the requests does not exceed; 0 when there are none.
  Picos percentile(double p) const;
  LatencySummary summary() const;

 private:
  std::vector<std::int64_t> buckets_;
  std::int64_t count_ = 0;
  std::int64_t whole_seconds_ = 0, rest_ = 0;  ///< exact sum: seconds and picoseconds
  Picos maximum_ = 0;
};

}  // namespace polyfleet
