// Where requests go: candidates, hand-over, transfer of caches, restarts, cancellations.
#include <algorithm>
#include <iterator>

#include "base/check.hpp"
#include "serving/cluster_run.hpp"

namespace polyfleet {
namespace {

/// Cache that the request needs in a pool of the group, in tokens.
std::int64_t needed(const ClusterRequest& request, PoolRole role) {
  return request.request.input_tokens +
         (role == PoolRole::prefill ? request.generated + 1 : request.output_tokens);
}

bool asks_for_prefixes(RouterKind kind) {
  return kind != RouterKind::round_robin && kind != RouterKind::least_loaded;
}

}  // namespace

void ClusterRun::route(ClusterRequest& request) {
  request.cache_arrives = false;
  dispatch(request, *fleet_.group(request.request.model, false));
}

void ClusterRun::dispatch(ClusterRequest& request, RouteGroup& group) {
  const std::vector<int>& possible = candidates(request, group);
  if (possible.empty()) {
    if (!may_come(request, group)) return end(request, RequestOutcome::End::refused, now_);
    request.place = RequestPlace::at_router;
    group.waiting.push_back(&request);
    ++waited_;
    return;
  }
  int slot = possible.front();
  if (possible.size() > 1) {
    const Outputs& outputs = outputs_[static_cast<std::size_t>(group.model)];
    const auto place = static_cast<std::size_t>(request.request.slo_class);
    request.cache_arrives = group.decode;
    if (!request.request.prefix_blocks.empty() && asks_for_prefixes(cluster_->router))
      bring_up_to_date(possible);
    slot =
        group.router->choose({request, fleet_.routed(), possible,
                              cluster_->classes.empty() ? no_objectives_ : cluster_->classes[place],
                              outputs.tokens / std::max(1.0, outputs.requests)});
  }
  enter(request, slot);
  group.decode ? send_cache(request) : submit(request);
}

/// What a prefix cache holds is exact as of a replica's last advance. Whoever has an event now has
/// ended what ends and waits to begin.
void ClusterRun::bring_up_to_date(const std::vector<int>& slots) {
  for (const int slot : slots) {
    ClusterReplica& replica = *fleet_.slot(slot).replica;
    if (replica.next_event() <= now_) continue;
    replica.advance(now_);
    fleet_.update_clock(slot);
  }
}

/// Replicas that are up and can hold the request; of these, those whose queue has room where any
/// has. Where no pool of the group can ever hold it, all: the engine then refuses it.
const std::vector<int>& ClusterRun::candidates(const ClusterRequest& request,
                                               const RouteGroup& group) {
  const std::int64_t most = request.request.input_tokens + request.output_tokens;
  if (most <= group.every_fits && !group.limits_waiting) return group.up;
  const auto fits = [&](int slot) {
    const ServingPool& pool = fleet_.pool_of(slot);
    return needed(request, pool.role) <= request_capacity(pool);
  };
  eligible_.clear();
  std::copy_if(group.up.begin(), group.up.end(), std::back_inserter(eligible_), fits);
  if (eligible_.empty()) {
    if (!may_come(request, group)) return group.up;
    return eligible_;
  }
  const auto full = [&](int slot) {
    const std::int64_t limit = fleet_.pool_of(slot).settings.max_waiting;
    return limit > 0 && fleet_.slot(slot).replica->load().waiting >= limit;
  };
  if (group.limits_waiting && !std::all_of(eligible_.begin(), eligible_.end(), full))
    std::erase_if(eligible_, full);
  return eligible_;
}

/// Whether a replica that can hold the request is up or will be.
bool ClusterRun::may_come(const ClusterRequest& request, const RouteGroup& group) const {
  return std::any_of(group.pools.begin(), group.pools.end(), [&](int index) {
    return needed(request, pool(index).role) <= request_capacity(pool(index)) && may_serve(index);
  });
}

void ClusterRun::enter(ClusterRequest& request, int slot) {
  request.holder = slot;
  request.handed_tokens = request.request.input_tokens + request.generated;
  RouterReplica& routed = fleet_.routed(slot);
  ++routed.outstanding;
  routed.context_tokens += request.handed_tokens;
}

void ClusterRun::leave(ClusterRequest& request) {
  RouterReplica& routed = fleet_.routed(request.holder);
  --routed.outstanding;
  routed.context_tokens -= request.handed_tokens;
  if (routed.outstanding == 0 && fleet_.slot(request.holder).state == SlotState::draining)
    control_.push(now_, {ControlKind::retired, request.holder, nullptr, 0});
}

/// To the replica that it has entered; the engine may refuse it at once.
void ClusterRun::submit(ClusterRequest& request) {
  const int slot = request.holder;
  const SlotState state = fleet_.slot(slot).state;
  POLYFLEET_CHECK(state == SlotState::up || state == SlotState::draining,
                  "a request is handed to a replica that is not up");
  request.place = RequestPlace::at_replica;
  request.request.output_tokens = fleet_.pool_of(slot).role == PoolRole::prefill
                                      ? request.generated + 1
                                      : request.output_tokens;
  ClusterReplica& replica = *fleet_.slot(slot).replica;
  replica.submit(request, now_);
  fleet_.update_clock(slot);
}

void ClusterRun::send_cache(ClusterRequest& request) {
  request.place = RequestPlace::in_transfer;
  ClusterSlot& sender = fleet_.slot(request.sender);
  // The last generated token has no cache yet: its keys and values come with the next step.
  const std::int64_t tokens = request.handed_tokens - 1;
  const Picos at =
      links_.send(sender.pool, fleet_.slot(request.holder).pool, tokens, now_, sender.link_free);
  control_.push(at, {ControlKind::cache_arrived, 0, &request, request.serial});
}

void ClusterRun::cache_arrived(ClusterRequest& request) {
  const SlotState state = fleet_.slot(request.holder).state;
  const bool received = state == SlotState::up || state == SlotState::draining;
  const bool sent = fleet_.slot(request.sender).losses == request.sender_losses;
  if (!received || !sent) {
    leave(request);
    return restart(request);
  }
  request.cache_arrives = true;
  submit(request);
}

void ClusterRun::restart(ClusterRequest& request) {
  ++request.restarts;
  route(request);
}

void ClusterRun::cancel(ClusterRequest& request) {
  if (request.place == RequestPlace::at_replica) {
    const int slot = request.holder;
    fleet_.slot(slot).replica->withdraw(request, now_);
    fleet_.update_clock(slot);
  }
  if (request.place == RequestPlace::at_router) {
    for (RouteGroup& group : fleet_.groups()) std::erase(group.waiting, &request);
  } else {
    leave(request);
  }
  end(request, RequestOutcome::End::cancelled, now_);
}

/// Tries again what waits; what no replica will ever take is refused.
void ClusterRun::route_waiting(RouteGroup& group) {
  std::vector<ClusterRequest*> waiting;
  waiting.swap(group.waiting);
  for (ClusterRequest* each : waiting) {
    const std::int64_t counted = waited_;  // it has waited before
    dispatch(*each, group);
    waited_ = counted;
  }
}

}  // namespace polyfleet
