// What a page shows of a simulated service beyond its report: the whole distribution of latencies
// by pool and vendor, and how requests fared over time. Fed with every request as it ends; of
// bounded size: histograms (serving/latency_histogram.hpp), and spans of time that double in length
// as the run goes on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "serving/cluster.hpp"

namespace polyfleet {

enum class LatencyKind { first_token, per_token, end_to_end, queueing };
inline constexpr std::array<LatencyKind, 4> kLatencyKinds{
    LatencyKind::first_token, LatencyKind::per_token, LatencyKind::end_to_end,
    LatencyKind::queueing};
/// "time to first token"
std::string_view name_of(LatencyKind kind);

/// The latencies of finished, counted requests, one histogram for each LatencyKind.
using LatencySet = std::array<LatencyHistogram, kLatencyKinds.size()>;

/// Requests that arrived or ended within a span of time, the warm-up included.
struct RequestSpan {
  std::int64_t arrived = 0;  ///< of those that ended at all
  std::int64_t finished = 0, refused = 0, cancelled = 0;
  std::int64_t met = 0;         ///< finished within every bound of their class
  std::int64_t first = 0;       ///< first tokens of requests that finished, by when they came
  double first_token_sum = 0;   ///< seconds
  double first_token_most = 0;  ///< seconds
};

class ServingRecords {
 public:
  static constexpr std::size_t kMostSpans = 160;

  /// As the simulation counts: requests that arrive before `warm_up` have no part in latencies.
  ServingRecords(const ServingCluster& cluster, Picos warm_up);
  void add(const RequestOutcome& outcome);

  const LatencySet& all() const { return all_; }
  /// By the pool at which a request ended: of disaggregated ones the decode pool.
  const LatencySet& of_pool(std::size_t pool) const { return pools_[pool]; }
  /// Pools of this vendor together.
  LatencySet of_vendor(const std::string& vendor) const;

  Picos span() const { return span_; }
  /// By number of the span since time 0; fewer than kMostSpans from the first to the last. Spans in
  /// which nothing came or went are left out.
  const std::map<std::int64_t, RequestSpan>& spans() const { return spans_; }

 private:
  RequestSpan& at(Picos when);
  bool met(const RequestOutcome& outcome) const;

  std::vector<std::string> vendors_;  ///< of pools
  std::vector<SloClass> classes_;
  Picos warm_up_;
  LatencySet all_;
  std::vector<LatencySet> pools_;
  Picos span_;
  std::map<std::int64_t, RequestSpan> spans_;
};

}  // namespace polyfleet
