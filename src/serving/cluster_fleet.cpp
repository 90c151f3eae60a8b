#include "serving/cluster_fleet.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"

namespace polyfleet {
namespace {

/// Replicas that may ever exist in a pool.
int most_replicas(const ServingCluster& cluster, int pool) {
  const ServingPool& asked = cluster.pools[static_cast<std::size_t>(pool)];
  int most = asked.autoscaling.on ? asked.autoscaling.most : asked.replicas;
  for (const ReplicaEvent& event : cluster.events)
    if (event.pool == pool) most = std::max(most, event.replica + 1);
  return most;
}

std::vector<int> slot_counts(const ServingCluster& cluster) {
  std::vector<int> first{0};
  for (std::size_t pool = 0; pool < cluster.pools.size(); ++pool)
    first.push_back(first.back() + most_replicas(cluster, static_cast<int>(pool)));
  return first;
}

}  // namespace

std::int64_t request_capacity(const ServingPool& pool) {
  std::int64_t tokens = std::numeric_limits<std::int64_t>::max();
  if (pool.media != nullptr) return tokens;
  const EngineSettings& settings = pool.settings;
  tokens = settings.cache_blocks * settings.block_tokens;
  return settings.max_model_length > 0 ? std::min(tokens, settings.max_model_length) : tokens;
}

ClusterFleet::ClusterFleet(const ServingCluster& cluster, ReplicaListener& listener,
                           bool skip_ahead)
    : cluster_(&cluster),
      first_(slot_counts(cluster)),
      clock_(static_cast<std::size_t>(first_.back())) {
  slots_.resize(static_cast<std::size_t>(first_.back()));
  routed_.resize(slots_.size());
  for (std::size_t pool = 0; pool < cluster.pools.size(); ++pool) {
    const ServingPool& each = cluster.pools[pool];
    const bool decode = each.role == PoolRole::decode;
    if (group(each.model, decode) == nullptr)
      groups_.push_back({each.model,
                         decode,
                         {},
                         {},
                         std::numeric_limits<std::int64_t>::max(),
                         false,
                         {},
                         make_router(cluster.router)});
    RouteGroup& group = *this->group(each.model, decode);
    group.pools.push_back(static_cast<int>(pool));
    group.every_fits = std::min(group.every_fits, request_capacity(each));
    group.limits_waiting = group.limits_waiting || each.settings.max_waiting > 0;
    for (int slot = first_[pool]; slot < first_[pool + 1]; ++slot) {
      ClusterSlot& made = slots_[static_cast<std::size_t>(slot)];
      made.pool = static_cast<int>(pool);
      made.replica = std::make_unique<ClusterReplica>(each, listener, skip_ahead);
      routed(slot) = {&each, made.replica.get(),
                      each.media != nullptr ? 1 : each.settings.max_sequences, 0, 0};
    }
  }
}

RouteGroup* ClusterFleet::group(int model, bool decode) {
  for (RouteGroup& each : groups_)
    if (each.model == model && each.decode == decode) return &each;
  return nullptr;
}

RouteGroup& ClusterFleet::group_of(int slot) {
  const ServingPool& pool = pool_of(slot);
  return *group(pool.model, pool.role == PoolRole::decode);
}

void ClusterFleet::set_state(int slot, SlotState state, Picos now) {
  ClusterSlot& changed = this->slot(slot);
  if (changed.state == state) return;
  if (changed.state == SlotState::absent) changed.since = now;
  if (state == SlotState::absent) changed.provisioned += now - changed.since;
  changed.state = state;
  ++changed.changes;
  changes_.push_back({now, changed.pool, slot - first_slot(changed.pool), state});
  std::vector<int>& up = group_of(slot).up;
  const auto place = std::lower_bound(up.begin(), up.end(), slot);
  const bool listed = place != up.end() && *place == slot;
  if (state == SlotState::up && !listed) up.insert(place, slot);
  if (state != SlotState::up && listed) up.erase(place);
}

int ClusterFleet::count(int pool, SlotState state) const {
  int found = 0;
  for (int each = first_slot(pool); each < end_slot(pool); ++each)
    if (slot(each).state == state) ++found;
  return found;
}

Picos ClusterFleet::provisioned(int pool, Picos now) const {
  Picos sum = 0;
  for (int each = first_slot(pool); each < end_slot(pool); ++each) {
    const ClusterSlot& one = slot(each);
    sum += one.provisioned + (one.state == SlotState::absent ? 0 : now - one.since);
  }
  return sum;
}

}  // namespace polyfleet
