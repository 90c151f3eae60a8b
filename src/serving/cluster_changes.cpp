// Replicas that join, start, fail, recover, drain and go, by plan, at random or by autoscaling.
#include <algorithm>

#include "serving/cluster_run.hpp"

namespace polyfleet {

void ClusterRun::planned(const ReplicaEvent& event) {
  const int slot = fleet_.slot_of(event.pool, event.replica);
  switch (event.change) {
    case ReplicaChange::join:
    case ReplicaChange::recover:
      --arrivals_planned_[static_cast<std::size_t>(event.pool)];
      bring_up(slot);
      return;
    case ReplicaChange::drain:
      return drain(slot);
    case ReplicaChange::fail: {
      const SlotState state = fleet_.slot(slot).state;
      if (state == SlotState::up || state == SlotState::draining) fail(slot, false);
      return;
    }
  }
}

/// A replica that drains takes requests again; any other starts with empty caches.
void ClusterRun::bring_up(int slot) {
  ClusterSlot& changed = fleet_.slot(slot);
  if (changed.state == SlotState::up) return;
  const bool drained = changed.state == SlotState::draining;
  fleet_.set_state(slot, SlotState::up, now_);
  changed.recovers = false;
  if (!drained) {
    ++changed.lives;
    const Seconds mean = fleet_.pool_of(slot).mean_time_between_failures;
    if (mean > Seconds{}) {
      auto& stream = failure_streams_[static_cast<std::size_t>(slot)];
      const Seconds life = stream.exponential(mean / second) * second;
      if (life < kLongestSimulation)
        control_.push(now_ + picos_of(life), {ControlKind::failed, slot, nullptr, changed.lives});
    }
  }
  route_waiting(fleet_.group_of(slot));
}

void ClusterRun::fail(int slot, bool recovers) {
  ClusterSlot& failing = fleet_.slot(slot);
  const ServingPool& pool = fleet_.pool_of(slot);
  const std::vector<RequestState*> evicted = failing.replica->evict_all(now_);
  fleet_.update_clock(slot);
  // One that drains is done; one that will not recover leaves its place to the autoscaler.
  const bool leaving = failing.state == SlotState::draining || (!recovers && pool.autoscaling.on);
  fleet_.set_state(slot, leaving ? SlotState::absent : SlotState::failed, now_);
  ++failing.losses;
  ++failures_[static_cast<std::size_t>(failing.pool)];
  failing.link_free = now_;
  if (recovers && !leaving) {
    failing.recovers = true;
    control_.push(now_ + picos_of(pool.time_to_recover),
                  {ControlKind::recovered, slot, nullptr, failing.changes});
  }
  for (RequestState* each : evicted) {
    auto& request = static_cast<ClusterRequest&>(*each);
    leave(request);
    restart(request);
  }
  route_waiting(fleet_.group_of(slot));
}

void ClusterRun::drain(int slot) {
  ClusterSlot& draining = fleet_.slot(slot);
  if (draining.state == SlotState::starting || draining.state == SlotState::failed) {
    fleet_.set_state(slot, SlotState::absent, now_);
    return route_waiting(fleet_.group_of(slot));
  }
  if (draining.state != SlotState::up) return;
  fleet_.set_state(slot, SlotState::draining, now_);
  if (!fleet_.group_of(slot).up.empty()) {
    std::vector<ClusterRequest*> handed = requests_.under_way();
    std::erase_if(handed, [&](const ClusterRequest* each) {
      return each->place != RequestPlace::at_replica || each->holder != slot;
    });
    std::sort(handed.begin(), handed.end(), [](const ClusterRequest* a, const ClusterRequest* b) {
      return a->queued != b->queued ? a->queued < b->queued : a->serial < b->serial;
    });
    for (ClusterRequest* each : handed) {
      if (each->started != kNever) continue;
      draining.replica->withdraw(*each, now_);
      leave(*each);
      restart(*each);
    }
    fleet_.update_clock(slot);
  }
  retire(slot);
}

void ClusterRun::retire(int slot) {
  ClusterSlot& drained = fleet_.slot(slot);
  if (drained.state != SlotState::draining || fleet_.routed(slot).outstanding > 0) return;
  drained.replica->evict_all(now_);  // it is empty: drops what it kept for prefixes
  fleet_.update_clock(slot);
  fleet_.set_state(slot, SlotState::absent, now_);
  route_waiting(fleet_.group_of(slot));
}

void ClusterRun::decide_scaling(int pool) {
  std::int64_t load =
      static_cast<std::int64_t>(fleet_.group_of(fleet_.first_slot(pool)).waiting.size());
  for (int slot = fleet_.first_slot(pool); slot < fleet_.end_slot(pool); ++slot)
    load += fleet_.routed(slot).outstanding;
  const int present = fleet_.count(pool, SlotState::up) + fleet_.count(pool, SlotState::starting);
  int change = autoscalers_[static_cast<std::size_t>(pool)].decide(now_, load, present);
  for (; change > 0; --change) start_one(pool);
  for (; change < 0; ++change) drain_one(pool);
  control_.push(now_ + this->pool(pool).autoscaling.interval,
                {ControlKind::scaling, pool, nullptr, 0});
}

/// One that is about to go stays; else one more starts.
void ClusterRun::start_one(int pool) {
  int absent = -1;
  for (int slot = fleet_.first_slot(pool); slot < fleet_.end_slot(pool); ++slot) {
    const SlotState state = fleet_.slot(slot).state;
    if (state == SlotState::draining) return bring_up(slot);
    if (state == SlotState::absent && absent < 0) absent = slot;
  }
  if (absent < 0) return;
  fleet_.set_state(absent, SlotState::starting, now_);
  control_.push(now_ + this->pool(pool).autoscaling.start_up,
                {ControlKind::ready, absent, nullptr, fleet_.slot(absent).changes});
}

/// One that still starts, else the one with the fewest requests; the higher number of equals.
void ClusterRun::drain_one(int pool) {
  int chosen = -1;
  std::int64_t fewest = 0;
  for (int slot = fleet_.end_slot(pool) - 1; slot >= fleet_.first_slot(pool); --slot) {
    const SlotState state = fleet_.slot(slot).state;
    if (state == SlotState::starting) return drain(slot);
    if (state != SlotState::up) continue;
    const std::int64_t held = fleet_.routed(slot).outstanding;
    if (chosen < 0 || held < fewest) {
      chosen = slot;
      fewest = held;
    }
  }
  if (chosen >= 0) drain(chosen);
}

/// Whether a replica of the pool takes requests now or ever will.
bool ClusterRun::may_serve(int pool) const {
  if (this->pool(pool).autoscaling.on || arrivals_planned_[static_cast<std::size_t>(pool)] > 0)
    return true;
  for (int slot = fleet_.first_slot(pool); slot < fleet_.end_slot(pool); ++slot) {
    const ClusterSlot& each = fleet_.slot(slot);
    if (each.state == SlotState::up || (each.state == SlotState::failed && each.recovers))
      return true;
  }
  return false;
}

}  // namespace polyfleet
