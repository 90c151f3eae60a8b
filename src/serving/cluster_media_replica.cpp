#include "serving/cluster_media_replica.hpp"

#include <algorithm>

namespace polyfleet {

void MediaReplica::submit(RequestState& state, Picos now) {
  advance(now);
  state.queued = now;
  queue_.push_back(&state);
  if (queue_.size() == 1) start_first(now);
}

void MediaReplica::start_first(Picos now) {
  if (queue_.empty()) return;
  RequestState& state = *queue_.front();
  if (state.started == kNever) state.started = now;
  began_ = now;
  ends_ = now + times_->service_time(*state.request.media);
}

void MediaReplica::stop_first(Picos now) {
  const Picos worked = now - began_;
  totals_.busy += worked;
  totals_.prefill_busy += worked;  // bound by arithmetic, as prefill is
  totals_.sequence_picos += static_cast<double>(worked);
  ++totals_.events;
  queue_.pop_front();
}

void MediaReplica::advance(Picos until) {
  while (!queue_.empty() && ends_ <= until) {
    RequestState& state = *queue_.front();
    const Picos at = ends_;
    stop_first(at);
    ++totals_.iterations;
    start_first(at);
    state.first_token = state.last_token = at;
    listener_->first_token(state, at);
    listener_->finished(state, at);
  }
}

void MediaReplica::withdraw(RequestState& state, Picos now) {
  advance(now);
  const auto place = std::find(queue_.begin(), queue_.end(), &state);
  if (place == queue_.end()) return;  // it ended now
  if (place == queue_.begin()) {
    stop_first(now);
    start_first(now);
  } else {
    queue_.erase(place);
  }
}

std::vector<RequestState*> MediaReplica::evict_all(Picos now) {
  advance(now);
  std::vector<RequestState*> evicted(queue_.begin(), queue_.end());
  if (!queue_.empty()) stop_first(now);
  queue_.clear();
  return evicted;
}

ReplicaLoad MediaReplica::load() const {
  ReplicaLoad load;
  load.running = queue_.empty() ? 0 : 1;
  load.waiting = static_cast<std::int64_t>(queue_.size()) - load.running;
  return load;
}

}  // namespace polyfleet
