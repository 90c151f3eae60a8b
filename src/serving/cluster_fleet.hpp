// The replicas of all pools: which exist, which take requests, how long each was provisioned. A
// slot is a place for one replica; its engine object lives through failures and recoveries.
#pragma once

#include <memory>
#include <vector>

#include "serving/cluster_clock.hpp"
#include "serving/router.hpp"

namespace polyfleet {

struct ClusterRequest;

struct ClusterSlot {
  int pool = 0;
  SlotState state = SlotState::absent;
  std::int64_t changes = 0;  ///< of state, for events that come too late
  std::int64_t lives = 0;    ///< times that it came up
  std::int64_t losses = 0;   ///< times that it failed
  bool recovers = false;     ///< failed, and will come back
  Picos since = 0;           ///< of being provisioned
  Picos provisioned = 0;     ///< before that
  Picos link_free = 0;       ///< when the link for caches has sent what it has
  std::unique_ptr<ClusterReplica> replica;
};

/// Replicas that the requests of one model can enter by, or go on to for decoding.
struct RouteGroup {
  int model = 0;
  bool decode = false;
  std::vector<int> pools, up;            ///< up: slots, ascending
  std::int64_t every_fits = 0;           ///< tokens that the smallest pool can hold
  bool limits_waiting = false;           ///< some pool refuses when its queue is full
  std::vector<ClusterRequest*> waiting;  ///< for a replica to come up, in order
  std::unique_ptr<Router> router;
};

/// Tokens of one request that a replica of the pool can hold; the most there are for media.
std::int64_t request_capacity(const ServingPool& pool);

class ClusterFleet {
 public:
  /// `cluster` and `listener` outlive the fleet. All slots are absent.
  ClusterFleet(const ServingCluster& cluster, ReplicaListener& listener, bool skip_ahead);

  int slots() const { return static_cast<int>(slots_.size()); }
  int slot_of(int pool, int replica) const {
    return first_[static_cast<std::size_t>(pool)] + replica;
  }
  int first_slot(int pool) const { return first_[static_cast<std::size_t>(pool)]; }
  int end_slot(int pool) const { return first_[static_cast<std::size_t>(pool) + 1]; }
  ClusterSlot& slot(int slot) { return slots_[static_cast<std::size_t>(slot)]; }
  const ClusterSlot& slot(int slot) const { return slots_[static_cast<std::size_t>(slot)]; }
  const ServingPool& pool_of(int slot) const {
    return cluster_->pools[static_cast<std::size_t>(slots_[static_cast<std::size_t>(slot)].pool)];
  }
  RouterReplica& routed(int slot) { return routed_[static_cast<std::size_t>(slot)]; }
  const std::vector<RouterReplica>& routed() const { return routed_; }

  void set_state(int slot, SlotState state, Picos now);
  int count(int pool, SlotState state) const;
  /// Every change of state so far.
  const std::vector<SlotChange>& changes() const { return changes_; }
  /// Provisioned until now, summed over the pool.
  Picos provisioned(int pool, Picos now) const;

  std::vector<RouteGroup>& groups() { return groups_; }
  /// Null when no pool serves the model in this part.
  RouteGroup* group(int model, bool decode);
  RouteGroup& group_of(int slot);

  ClusterClock& clock() { return clock_; }
  void update_clock(int slot) {
    const ClusterReplica& replica = *this->slot(slot).replica;
    clock_.set(static_cast<std::size_t>(slot), replica.next_event(), replica.load().running == 0);
  }

 private:
  const ServingCluster* cluster_;
  std::vector<int> first_;  ///< slot of each pool, and the end
  std::vector<ClusterSlot> slots_;
  std::vector<RouterReplica> routed_;
  std::vector<RouteGroup> groups_;
  std::vector<SlotChange> changes_;
  ClusterClock clock_;
};

}  // namespace polyfleet
