// A replica as the cluster and its routers see it: of an engine that generates tokens
// (serving/replica.hpp) or one that makes media. ReplicaProbe is the part that routers may ask.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "serving/cluster.hpp"
#include "serving/cluster_media_replica.hpp"

namespace polyfleet {

class ReplicaProbe {
 public:
  virtual ~ReplicaProbe() = default;
  virtual ReplicaLoad load() const = 0;
  /// Prompt tokens of this request that lie in its prefix cache.
  virtual std::int64_t prefix_match(const ServingRequest& request) const = 0;
};

class ClusterReplica final : public ReplicaProbe {
 public:
  /// `pool` and `listener` outlive the replica.
  ClusterReplica(const ServingPool& pool, ReplicaListener& listener, bool skip_ahead);

  void submit(RequestState& state, Picos now);
  Picos next_event() const;
  void advance(Picos until);
  void withdraw(RequestState& state, Picos now);
  std::vector<RequestState*> evict_all(Picos now);
  const ReplicaTotals& totals() const;
  ReplicaLoad load() const override;
  std::int64_t prefix_match(const ServingRequest& request) const override;

 private:
  std::optional<Replica> engine_;
  std::optional<MediaReplica> media_;
};

}  // namespace polyfleet
