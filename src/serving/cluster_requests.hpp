// The requests that are under way, and nothing of those that have ended: places are used again, so
// memory follows the number under way and not the length of the run.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "serving/replica.hpp"

namespace polyfleet {

/// Where a request is on its way through the cluster.
enum class RequestPlace {
  ended,
  at_router,   ///< no replica is up that could take it
  at_replica,  ///< waiting or running
  in_transfer  ///< its cache is on the way from a prefill to a decode replica
};

/// What the cluster knows beside what the replicas share. `request.output_tokens` is what the
/// present replica is to generate in all: one more than it has in a prefill pool.
struct ClusterRequest : RequestState {
  RequestPlace place = RequestPlace::ended;
  std::int64_t serial = 0;         ///< of this use of the place, for events that come too late
  std::int64_t output_tokens = 0;  ///< what the user asked for
  int holder = -1;                 ///< replica that it is at, on its way to, or was at last
  int sender = -1;                 ///< prefill replica that has or had its cache
  std::int64_t sender_losses = 0;  ///< of the sender when it had the cache
  std::int64_t handed_tokens = 0;  ///< prompt and generated tokens when handed in
};

class ClusterRequests {
 public:
  ClusterRequest& add(ServingRequest request) {
    if (free_.empty()) {
      all_.emplace_back();
      free_.push_back(&all_.back());
    }
    ClusterRequest& added = *free_.back();
    free_.pop_back();
    added = ClusterRequest{};
    added.serial = ++serials_;
    added.request = std::move(request);
    added.output_tokens = added.request.output_tokens;
    added.place = RequestPlace::at_router;
    ++live_;
    return added;
  }
  /// Its place may be used by the next request added.
  void remove(ClusterRequest& request) {
    request.place = RequestPlace::ended;
    free_.push_back(&request);
    --live_;
  }
  std::int64_t live() const { return live_; }
  /// Everything under way, in no meaningful but a reproducible order.
  std::vector<ClusterRequest*> under_way() {
    std::vector<ClusterRequest*> found;
    for (ClusterRequest& each : all_)
      if (each.place != RequestPlace::ended) found.push_back(&each);
    return found;
  }

 private:
  std::deque<ClusterRequest> all_;
  std::vector<ClusterRequest*> free_;
  std::int64_t live_ = 0, serials_ = 0;
};

}  // namespace polyfleet
