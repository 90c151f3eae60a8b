// One replica that makes images or video: one request at a time on all its accelerators, the queue
// in order of arrival. Work on a request that is withdrawn or evicted is lost. The user sees
// nothing before the end, so the first "token" is the last.
#pragma once

#include <deque>
#include <vector>

#include "serving/replica.hpp"

namespace polyfleet {

class MediaReplica {
 public:
  /// `times` and `listener` outlive the replica.
  MediaReplica(const MediaTimes& times, ReplicaListener& listener)
      : times_(&times), listener_(&listener) {}

  void submit(RequestState& state, Picos now);
  Picos next_event() const { return queue_.empty() ? kNever : ends_; }
  void advance(Picos until);
  void withdraw(RequestState& state, Picos now);
  std::vector<RequestState*> evict_all(Picos now);
  ReplicaLoad load() const;
  const ReplicaTotals& totals() const { return totals_; }

 private:
  void start_first(Picos now);
  void stop_first(Picos now);
  const MediaTimes* times_;
  ReplicaListener* listener_;
  std::deque<RequestState*> queue_;  ///< the first one is being made
  Picos began_ = 0, ends_ = kNever;
  ReplicaTotals totals_;
};

}  // namespace polyfleet
