#include "fleet/job_simulation.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "fleet/job_cluster.hpp"
#include "fleet/job_queue.hpp"
#include "sim/event_queue.hpp"

namespace polyfleet {
namespace {

enum class EventKind { end, failure, repaired, outage_begin, outage_end, window_begin, window_end };

struct ClusterEvent {
  EventKind kind = EventKind::end;
  int pool = 0;
  int index = 0;         ///< job, node or outage
  unsigned version = 0;  ///< an event of an older start or generation is void
};

class ClusterSimulation {
 public:
  ClusterSimulation(const JobTrace& trace, const JobQuestion& question)
      : trace_(trace),
        question_(question),
        begin_(trace.jobs.empty() ? 0 : trace.jobs.front().arrival),
        cluster_(trace, question, begin_),
        queue_(question.policy == JobPolicy::backfill),
        outages_on_(question.pools.size()) {}

  JobRun play() {
    open();
    while (step()) {
    }
    cluster_.close();
    return std::move(cluster_.run());
  }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }

  void open();
  bool step();
  void arrive();
  void handle(const ClusterEvent& event);
  void fail(const ClusterEvent& event);
  void strike(const ClusterEvent& event, bool begins);
  void begin_window(const ClusterEvent& event);
  /// A node leaves service; its jobs stop and wait again.
  void take_out(int pool, int node, NodeTrouble trouble, StopReason reason);
  void bring_back(int pool, int node, NodeTrouble trouble);
  void fill_service(int pool);
  void wait(int job);
  void stop(int job, StopReason reason);
  bool start(int job, int only_pool = -1);
  void schedule();
  void backfill(const QueueKey& head);
  bool passes(int job);
  bool in_time(int job, int pool) const;
  bool has_room(int accelerators);
  bool preempt_for(int job);
  QueueKey key_of(int job) const;
  void report();

  const JobTrace& trace_;
  const JobQuestion& question_;
  JobTick begin_;
  JobCluster cluster_;
  JobQueue queue_;
  EventQueue<ClusterEvent> events_;
  std::vector<std::vector<int>> outages_on_;  ///< [pool][node]: how many
  std::size_t next_arrival_ = 0;
  std::size_t ended_ = 0;
  std::set<std::pair<int, int>> by_priority_;  ///< running jobs: priority, minus start order
  bool room_grew_ = true;
  int first_new_ = 0;  ///< jobs from here on came at this moment
  std::optional<Reservation> reserved_;
  int reserved_for_ = -1;
};

void ClusterSimulation::open() {
  for (int pool = 0; pool < static_cast<int>(question_.pools.size()); ++pool) {
    const JobPool& each = question_.pools[at(pool)];
    fill_service(pool);
    if (question_.maintenance.empty()) continue;
    const PoolMaintenance& windows = question_.maintenance[at(pool)];
    if (windows.every <= 0) continue;
    for (int node = 0; node < each.nodes; ++node) {  // in turn
      const JobTick first = windows.every / each.nodes * node + windows.every / each.nodes / 2;
      events_.push(begin_ + first, {EventKind::window_begin, pool, node, 0});
    }
  }
  for (int index = 0; index < static_cast<int>(question_.outages.size()); ++index) {
    const JobOutage& outage = question_.outages[at(index)];
    if (outage.end <= outage.begin) continue;
    events_.push(begin_ + outage.begin, {EventKind::outage_begin, outage.pool, index, 0});
    events_.push(begin_ + outage.end, {EventKind::outage_end, outage.pool, index, 0});
  }
}

/// Everything at the next time, then one round of starts. False at the end.
bool ClusterSimulation::step() {
  const bool more_jobs = ended_ < trace_.jobs.size();
  if (question_.horizon == 0 && !more_jobs) return false;
  if (question_.stop != nullptr && question_.stop->load(std::memory_order_relaxed)) {
    cluster_.run().interrupted = true;
    return false;
  }
  const JobTick last = begin_ + (question_.horizon > 0 ? question_.horizon : kLongestJobSpan);
  JobTick next = last;
  if (next_arrival_ < trace_.jobs.size()) next = std::min(next, trace_.jobs[next_arrival_].arrival);
  if (!events_.empty()) next = std::min(next, events_.next_time());
  cluster_.advance(next);
  if (next >= last) return false;
  while (!events_.empty() && events_.next_time() == next) handle(events_.pop().second);
  first_new_ = static_cast<int>(next_arrival_);
  while (next_arrival_ < trace_.jobs.size() && trace_.jobs[next_arrival_].arrival == next) arrive();
  schedule();
  return true;
}

void ClusterSimulation::arrive() {
  const int job = static_cast<int>(next_arrival_++);
  ++cluster_.run().decisions;
  if (cluster_.possible(job)) return wait(job);
  cluster_.run().outcomes[at(job)].end = JobEnd::refused;
  ++cluster_.run().refused;
  report();
}

void ClusterSimulation::report() {
  ++ended_;
  constexpr std::size_t kEvery = 4096;
  if (question_.progress && ended_ % kEvery == 0)
    question_.progress(static_cast<double>(ended_) / static_cast<double>(trace_.jobs.size()));
}

QueueKey ClusterSimulation::key_of(int job) const {
  switch (question_.policy) {
    case JobPolicy::fifo:
    case JobPolicy::backfill:
      return {0, job};
    case JobPolicy::shortest_first: {
      JobTick shortest = kLongestJobSpan;
      for (int pool = 0; pool < static_cast<int>(question_.pools.size()); ++pool) {
        const JobTick time = working_time_in(trace_.jobs[at(job)], trace_.kinds, pool);
        if (time >= 0) shortest = std::min(shortest, time);
      }
      return {static_cast<double>(shortest), job};
    }
    case JobPolicy::priority:
      return {-static_cast<double>(trace_.jobs[at(job)].priority), job};
  }
  return {0, job};
}

void ClusterSimulation::wait(int job) {
  queue_.push(key_of(job), trace_.jobs[at(job)].accelerators);
}

bool ClusterSimulation::start(int job, int only_pool) {
  const auto started = cluster_.start(job, only_pool);
  if (!started) return false;
  queue_.erase(key_of(job), trace_.jobs[at(job)].accelerators);
  events_.push(started->first, {EventKind::end, started->second, job, cluster_.starts(job)});
  if (question_.policy == JobPolicy::priority)
    by_priority_.insert({trace_.jobs[at(job)].priority, -job});
  return true;
}

void ClusterSimulation::stop(int job, StopReason reason) {
  cluster_.stop(job, reason);
  if (question_.policy == JobPolicy::priority)
    by_priority_.erase({trace_.jobs[at(job)].priority, -job});
  wait(job);
  room_grew_ = true;
  reserved_for_ = -1;  // a planned end is gone
}

void ClusterSimulation::handle(const ClusterEvent& event) {
  ++cluster_.run().decisions;
  switch (event.kind) {
    case EventKind::end:
      if (cluster_.running(event.index).pool < 0 || cluster_.starts(event.index) != event.version)
        return;
      cluster_.finish(event.index);
      if (question_.policy == JobPolicy::priority)
        by_priority_.erase({trace_.jobs[at(event.index)].priority, -event.index});
      room_grew_ = true;
      return report();
    case EventKind::failure:
      return fail(event);
    case EventKind::repaired:
      ++cluster_.run().repairs;
      return bring_back(event.pool, event.index, NodeTrouble::repair);
    case EventKind::outage_begin:
      return strike(event, true);
    case EventKind::outage_end:
      return strike(event, false);
    case EventKind::window_begin:
      return begin_window(event);
    case EventKind::window_end:
      return bring_back(event.pool, event.index, NodeTrouble::maintenance);
  }
}

void ClusterSimulation::fail(const ClusterEvent& event) {
  PoolHealth& health = cluster_.health(event.pool);
  if (!health.in_service(event.index) || health.generation(event.index) != event.version) return;
  JobRun& run = cluster_.run();
  ++run.failures;
  if (health.count_failure(event.index)) ++run.exchanged;
  events_.push(cluster_.now() + health.draw_repair(),
               {EventKind::repaired, event.pool, event.index, 0});
  take_out(event.pool, event.index, NodeTrouble::repair, StopReason::failure);
  int down = 0;
  for (int pool = 0; pool < static_cast<int>(question_.pools.size()); ++pool)
    down += cluster_.health(pool).in_repair();
  run.most_nodes_down = std::max(run.most_nodes_down, down);
}

void ClusterSimulation::strike(const ClusterEvent& event, bool begins) {
  const JobOutage& outage = question_.outages[at(event.index)];
  if (begins) ++cluster_.run().outages;
  for (int pool = 0; pool < static_cast<int>(question_.pools.size()); ++pool) {
    if (outage.pool >= 0 && outage.pool != pool) continue;
    const int nodes = question_.pools[at(pool)].nodes;
    auto& depth = outages_on_[at(pool)];
    depth.resize(at(nodes), 0);
    const int struck = static_cast<int>(std::lround(outage.share * nodes));
    for (int node = 0; node < struck; ++node) {
      if (begins && depth[at(node)]++ == 0)
        take_out(pool, node, NodeTrouble::outage, StopReason::failure);
      if (!begins && --depth[at(node)] == 0) bring_back(pool, node, NodeTrouble::outage);
    }
  }
}

void ClusterSimulation::begin_window(const ClusterEvent& event) {
  const PoolMaintenance& windows = question_.maintenance[at(event.pool)];
  ++cluster_.run().windows;
  events_.push(cluster_.now() + windows.every,
               {EventKind::window_begin, event.pool, event.index, 0});
  events_.push(cluster_.now() + windows.length,
               {EventKind::window_end, event.pool, event.index, 0});
  take_out(event.pool, event.index, NodeTrouble::maintenance, StopReason::announced);
}

void ClusterSimulation::take_out(int pool, int node, NodeTrouble trouble, StopReason reason) {
  if (cluster_.health(pool).in_service(node)) {
    for (const int job : cluster_.jobs_on(pool, node)) stop(job, reason);
    cluster_.nodes(pool).remove(node);
    reserved_for_ = -1;
  }
  cluster_.health(pool).leave(node, trouble, cluster_.now());
  fill_service(pool);
}

void ClusterSimulation::bring_back(int pool, int node, NodeTrouble trouble) {
  if (cluster_.health(pool).recover(node, trouble, cluster_.now())) fill_service(pool);
}

void ClusterSimulation::fill_service(int pool) {
  PoolHealth& health = cluster_.health(pool);
  for (int node = health.wanted_node(); node >= 0; node = health.wanted_node()) {
    health.enter_service(node, cluster_.now());
    cluster_.nodes(pool).restore(node);
    room_grew_ = true;
    reserved_for_ = -1;
    if (!health.fails()) continue;
    events_.push(cluster_.now() + health.draw_failure(node),
                 {EventKind::failure, pool, node, health.generation(node)});
  }
}

/// Starts what the policy allows; at most one pass over each gang size.
void ClusterSimulation::schedule() {
  while (!queue_.empty()) {
    const QueueKey head = queue_.head();
    if (start(head.job)) continue;
    if (question_.policy == JobPolicy::priority && preempt_for(head.job)) continue;
    if (question_.policy == JobPolicy::backfill) backfill(head);
    break;
  }
  room_grew_ = false;
}

/// Starts a waiting job before the first one where that does not delay it.
bool ClusterSimulation::passes(int job) {
  const int accelerators = trace_.jobs[at(job)].accelerators;
  for (const int pool : cluster_.preferred_pools(job)) {
    if (!cluster_.nodes(pool).could_hold(accelerators, question_.may_spread)) continue;
    if (pool == reserved_->pool && !in_time(job, pool)) {
      if (accelerators > reserved_->left_over) continue;
      reserved_->left_over -= accelerators;
    }
    return start(job, pool);
  }
  return false;
}

bool ClusterSimulation::in_time(int job, int pool) const {
  return cluster_.now() + cluster_.expected_length(job, pool) <= reserved_->at;
}

/// Whether the look at one gang size is worth it: some pool has room for it now.
bool ClusterSimulation::has_room(int accelerators) {
  for (int pool = 0; pool < static_cast<int>(question_.pools.size()); ++pool) {
    if (cluster_.nodes(pool).could_hold(accelerators, question_.may_spread)) return true;
  }
  return false;
}

void ClusterSimulation::backfill(const QueueKey& head) {
  if (reserved_for_ != head.job) {
    reserved_.reset();
    for (const int pool : cluster_.preferred_pools(head.job)) {
      auto here = reserve(question_.pools[at(pool)], cluster_.nodes(pool), cluster_.ends(pool),
                          trace_.jobs[at(head.job)].accelerators, question_.may_spread);
      if (!here || (reserved_ && reserved_->at <= here->at)) continue;
      here->pool = pool;
      reserved_ = here;
    }
    reserved_for_ = head.job;
    room_grew_ = true;
  }
  if (!reserved_) return;  // nodes are out: the first job waits for them, and nobody passes
  const bool one_pool = question_.pools.size() == 1;
  std::vector<int> candidates;
  for (const auto& [size, waiting] : queue_.sizes()) {
    if (!has_room(size)) continue;
    int seen = 0;
    // Without new room only a job that came just now can fit.
    auto each = room_grew_ ? waiting.begin() : waiting.lower_bound({0, first_new_});
    for (; each != waiting.end() && seen < question_.backfill_depth; ++each, ++seen) {
      const bool hopeless = one_pool && size > reserved_->left_over && !in_time(each->job, 0);
      if (each->job != head.job && !hopeless) candidates.push_back(each->job);
    }
  }
  std::sort(candidates.begin(), candidates.end());
  for (const int job : candidates) passes(job);
}

/// Stops running jobs of lower priority, the latest first, where that makes room. Tries without
/// touching anything first.
bool ClusterSimulation::preempt_for(int job) {
  const Job& wanted = trace_.jobs[at(job)];
  if (by_priority_.empty() || by_priority_.begin()->first >= wanted.priority) return false;
  for (const int pool : cluster_.preferred_pools(job)) {
    JobNodes trial = cluster_.nodes(pool);
    std::vector<int> stopped;
    for (const auto& [priority, minus_job] : by_priority_) {
      if (priority >= wanted.priority) break;
      const RunningJob& victim = cluster_.running(-minus_job);
      if (victim.pool != pool) continue;
      trial.release(victim.placement);
      stopped.push_back(-minus_job);
      if (!trial.could_hold(wanted.accelerators, question_.may_spread)) continue;
      for (const int each : stopped) stop(each, StopReason::preemption);
      return true;
    }
  }
  return false;
}

}  // namespace

JobRun simulate_jobs(const JobTrace& trace, const JobQuestion& question) {
  POLYFLEET_CHECK(!question.pools.empty(), "a cluster without pools");
  return ClusterSimulation(trace, question).play();
}

}  // namespace polyfleet
