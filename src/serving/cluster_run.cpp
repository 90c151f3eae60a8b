#include "serving/cluster_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"

namespace polyfleet {
namespace {

/// Events between two looks at keep_going.
constexpr std::int64_t kStepsBetweenLooks = 1024;
constexpr double kLongestPicos = 100.0 * 86400.0 * kPicosPerSecond;  // kLongestSimulation

int models_of(const ServingCluster& cluster) {
  int models = 0;
  for (const ServingPool& pool : cluster.pools) models = std::max(models, pool.model + 1);
  return models;
}

}  // namespace

ClusterRun::ClusterRun(const ServingCluster& cluster, RequestSource& source,
                       const SimulationOptions& options)
    : cluster_(&cluster),
      source_(&source),
      options_(&options),
      fleet_(cluster, *this, options.skip_ahead),
      links_(cluster),
      statistics_(cluster.classes, options.warm_up),
      failures_(cluster.pools.size()),
      ended_(cluster.pools.size()),
      arrivals_planned_(cluster.pools.size()),
      outputs_(static_cast<std::size_t>(models_of(cluster))) {
  for (int slot = 0; slot < fleet_.slots(); ++slot)
    failure_streams_.emplace_back(options.seed, static_cast<std::uint64_t>(slot));
}

Result<SimulationReport> ClusterRun::run() {
  const Picos first = source_->next_arrival();
  if (first != kNever) start(first);
  while (!stopped_ && !problems_ && step()) {
  }
  if (problems_) return *problems_;
  if (stopped_)
    for (ClusterRequest* each : requests_.under_way())
      end(*each, RequestOutcome::End::cancelled, now_);
  return report();
}

/// The cluster exists from the first arrival on.
void ClusterRun::start(Picos at) {
  now_ = at;
  for (std::size_t each = 0; each < cluster_->pools.size(); ++each) {
    const ServingPool& pool = cluster_->pools[each];
    const Autoscaling& rules = pool.autoscaling;
    const int index = static_cast<int>(each);
    const int present =
        rules.on ? std::clamp(pool.replicas, rules.least, rules.most) : pool.replicas;
    for (int replica = 0; replica < present; ++replica) bring_up(fleet_.slot_of(index, replica));
    const std::int64_t capacity = pool.media != nullptr ? 1 : pool.settings.max_sequences;
    autoscalers_.emplace_back(rules, capacity, present, at);
    if (rules.on) control_.push(at + rules.interval, {ControlKind::scaling, index, nullptr, 0});
  }
  for (std::size_t each = 0; each < cluster_->events.size(); ++each) {
    const ReplicaEvent& event = cluster_->events[each];
    if (event.change == ReplicaChange::join || event.change == ReplicaChange::recover)
      ++arrivals_planned_[static_cast<std::size_t>(event.pool)];
    control_.push(std::max(at, event.at),
                  {ControlKind::planned, static_cast<int>(each), nullptr, 0});
  }
  sample_interval_ = options_->sample_interval;
  if (sample_interval_ > 0) next_sample_ = at;
}

/// Handles the next event; false when everything is done.
bool ClusterRun::step() {
  const Picos arrival = arrivals_over_ ? kNever : source_->next_arrival();
  if (arrival == kNever && requests_.live() == 0) return false;
  const Picos replica = fleet_.clock().time();
  const Picos control = control_.empty() ? kNever : control_.next_time();
  const Picos next = std::min({arrival, replica, control});
  POLYFLEET_CHECK(next != kNever, "requests are under way and nothing is to happen");
  if (next_sample_ < next) {
    sample();
    return true;
  }
  now_ = std::max(now_, next);
  ++steps_;
  const bool others = control == next || arrival == next;
  if (replica == next && !(others && fleet_.clock().begins())) {
    const int slot = static_cast<int>(fleet_.clock().first());
    fleet_.slot(slot).replica->advance(replica);
    fleet_.update_clock(slot);
  } else if (control == next) {
    handle(control_.pop().second);
  } else {
    take_arrival();
  }
  stopped_ = told_to_stop();
  return true;
}

bool ClusterRun::told_to_stop() {
  if (static_cast<double>(now_) > kLongestPicos) return true;
  return options_->keep_going && steps_ % kStepsBetweenLooks == 0 &&
         !options_->keep_going(now_, statistics_.finished());
}

std::optional<Diagnostic> ClusterRun::problem_with(const ServingRequest& request) const {
  const auto classes =
      static_cast<std::int32_t>(std::max<std::size_t>(1, cluster_->classes.size()));
  if (request.slo_class < 0 || request.slo_class >= classes)
    return problem(fmt::format("request {} is of class {}; the cluster has {} classes", request.id,
                               request.slo_class, classes));
  const auto serves = [&](const ServingPool& pool) {
    return pool.model == request.model && (pool.media != nullptr) == request.media.has_value();
  };
  if (std::none_of(cluster_->pools.begin(), cluster_->pools.end(), serves))
    return problem(fmt::format("request {} is for {} model {}, which no pool serves", request.id,
                               request.media ? "image or video" : "language", request.model));
  if (!request.media && (request.input_tokens < 1 || request.output_tokens < 1))
    return problem(fmt::format("request {} has {} input and {} output tokens; both are at least 1",
                               request.id, request.input_tokens, request.output_tokens));
  return std::nullopt;
}

void ClusterRun::take_arrival() {
  Result<std::optional<ServingRequest>> taken = source_->next();
  if (!taken) {
    problems_ = taken.problems();
    return;
  }
  POLYFLEET_CHECK(taken->has_value(), "a source tells of an arrival and gives none");
  if ((*taken)->arrival > options_->stop_after) {
    arrivals_over_ = true;
    return;
  }
  if (const auto wrong = problem_with(**taken)) {
    problems_ = Diagnostics{*wrong};
    return;
  }
  ClusterRequest& request = requests_.add(std::move(**taken));
  statistics_.arrived(request.request);
  prompt_tokens_ += request.request.input_tokens;
  known_tokens_ += prefix_bound_.see(request.request);
  Outputs& outputs = outputs_[static_cast<std::size_t>(request.request.model)];
  outputs.tokens += static_cast<double>(request.output_tokens);
  outputs.requests += 1;
  const Picos patience = request.request.cancelled_after;
  if (patience < kNever - now_)
    control_.push(request.request.arrival + patience,
                  {ControlKind::cancelled, 0, &request, request.serial});
  route(request);
}

void ClusterRun::handle(const ControlEvent& event) {
  const bool gone = event.request != nullptr && (event.request->serial != event.serial ||
                                                 event.request->place == RequestPlace::ended);
  if (gone) return;
  const int subject = event.subject;
  const auto is = [&](SlotState state) { return fleet_.slot(subject).state == state; };
  switch (event.kind) {
    case ControlKind::prefilled:
      return dispatch(*event.request, *fleet_.group(event.request->request.model, true));
    case ControlKind::cache_arrived:
      return cache_arrived(*event.request);
    case ControlKind::cancelled:
      return cancel(*event.request);
    case ControlKind::planned:
      return planned(cluster_->events[static_cast<std::size_t>(subject)]);
    case ControlKind::failed:
      if (fleet_.slot(subject).lives == event.serial &&
          (is(SlotState::up) || is(SlotState::draining)))
        fail(subject, true);
      return;
    case ControlKind::recovered:
      if (is(SlotState::failed) && fleet_.slot(subject).changes == event.serial) bring_up(subject);
      return;
    case ControlKind::ready:
      if (is(SlotState::starting) && fleet_.slot(subject).changes == event.serial)
        bring_up(subject);
      return;
    case ControlKind::retired:
      return retire(subject);
    case ControlKind::scaling:
      return decide_scaling(subject);
  }
}

void ClusterRun::end(ClusterRequest& request, RequestOutcome::End end, Picos at) {
  request.request.output_tokens = request.output_tokens;
  const std::int64_t id = request.request.id;
  outcome_.end = end;
  outcome_.request = std::move(request.request);
  outcome_.started = request.started;
  outcome_.first_token = request.first_token;
  outcome_.last_token = request.last_token;
  outcome_.cached_tokens = request.cached_tokens;
  outcome_.pool = request.holder < 0 ? -1 : fleet_.slot(request.holder).pool;
  outcome_.replica = request.holder < 0 ? -1 : request.holder - fleet_.first_slot(outcome_.pool);
  outcome_.preemptions = request.preemptions;
  outcome_.restarts = request.restarts;
  requests_.remove(request);
  statistics_.ended(outcome_);
  if (outcome_.pool >= 0) ++ended_[static_cast<std::size_t>(outcome_.pool)];
  if (options_->on_outcome) options_->on_outcome(outcome_);
  source_->completed(id, at);
}

void ClusterRun::first_token(RequestState& state, Picos at) {
  if (state.first_token == kNever) state.first_token = at;
}

void ClusterRun::finished(RequestState& state, Picos at) {
  auto& request = static_cast<ClusterRequest&>(state);
  POLYFLEET_CHECK(request.request.media || request.generated == request.request.output_tokens,
                  "a request is finished with other than its tokens");
  const int slot = request.holder;
  leave(request);
  if (fleet_.pool_of(slot).role == PoolRole::prefill && request.generated < request.output_tokens) {
    request.request.output_tokens = request.output_tokens;
    request.place = RequestPlace::at_router;
    request.last_token = kNever;
    request.sender = slot;
    request.sender_losses = fleet_.slot(slot).losses;
    control_.push(std::max(now_, at), {ControlKind::prefilled, 0, &request, request.serial});
    return;
  }
  if (state.last_token == kNever) state.last_token = at;
  end(request, RequestOutcome::End::finished, at);
}

void ClusterRun::refused(RequestState& state, Picos at) {
  auto& request = static_cast<ClusterRequest&>(state);
  leave(request);
  end(request, RequestOutcome::End::refused, at);
}

}  // namespace polyfleet
