// Prompts' caches on their way from prefill to decode replicas. The link of a sending replica moves
// one request at a time in order of readiness; latency, staging through host memory and
// conversion (dtype, layout) follow and delay only the request itself. Receivers are not a
// bottleneck here: right while a pool has at least as many receiving as sending replicas.
#pragma once

#include <vector>

#include "serving/cluster.hpp"

namespace polyfleet {

class TransferLinks {
 public:
  explicit TransferLinks(const ServingCluster& cluster);
  /// When `tokens` of cache, ready now, are usable at the receiver. `link_free` of the sender is
  /// read and moved on. Precondition: the pools have a transfer.
  Picos send(int from_pool, int to_pool, std::int64_t tokens, Picos now, Picos& link_free);
  const std::vector<TransferReport>& report() const { return report_; }

 private:
  const ServingCluster* cluster_;
  std::vector<TransferReport> report_;
};

}  // namespace polyfleet
