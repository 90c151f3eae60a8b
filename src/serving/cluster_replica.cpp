#include "serving/cluster_replica.hpp"

namespace polyfleet {

ClusterReplica::ClusterReplica(const ServingPool& pool, ReplicaListener& listener,
                               bool skip_ahead) {
  if (pool.media != nullptr) {
    media_.emplace(*pool.media, listener);
  } else {
    engine_.emplace(*pool.times, pool.settings, listener, ReplicaOptions{.skip_ahead = skip_ahead});
  }
}

void ClusterReplica::submit(RequestState& state, Picos now) {
  engine_ ? engine_->submit(state, now) : media_->submit(state, now);
}
Picos ClusterReplica::next_event() const {
  return engine_ ? engine_->next_event() : media_->next_event();
}
void ClusterReplica::advance(Picos until) {
  engine_ ? engine_->advance(until) : media_->advance(until);
}
void ClusterReplica::withdraw(RequestState& state, Picos now) {
  engine_ ? engine_->withdraw(state, now) : media_->withdraw(state, now);
}
std::vector<RequestState*> ClusterReplica::evict_all(Picos now) {
  return engine_ ? engine_->evict_all(now) : media_->evict_all(now);
}
const ReplicaTotals& ClusterReplica::totals() const {
  return engine_ ? engine_->totals() : media_->totals();
}
ReplicaLoad ClusterReplica::load() const { return engine_ ? engine_->load() : media_->load(); }
std::int64_t ClusterReplica::prefix_match(const ServingRequest& request) const {
  return engine_ ? engine_->prefix_match(request) : 0;
}

}  // namespace polyfleet
