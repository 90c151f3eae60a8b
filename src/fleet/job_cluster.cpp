#include "fleet/job_cluster.hpp"

#include <algorithm>
#include <tuple>

namespace polyfleet {

std::string_view name_of(JobPolicy policy) {
  switch (policy) {
    case JobPolicy::fifo:
      return "fifo";
    case JobPolicy::shortest_first:
      return "shortest-first";
    case JobPolicy::backfill:
      return "backfill";
    case JobPolicy::priority:
      return "priority";
  }
  return "fifo";
}

bool job_before(const Job& a, const Job& b) {
  return std::tie(a.arrival, a.id, a.accelerators, a.work, a.kind, a.priority, a.group) <
         std::tie(b.arrival, b.id, b.accelerators, b.work, b.kind, b.priority, b.group);
}

void sort_jobs(std::vector<Job>& jobs) { std::sort(jobs.begin(), jobs.end(), job_before); }

JobTick working_time_in(const Job& job, const std::vector<JobKind>& kinds, int pool) {
  if (job.kind < 0) return working_time(job.work, 1);
  const double rate =
      kinds[static_cast<std::size_t>(job.kind)].rate[static_cast<std::size_t>(pool)];
  return rate > 0 ? working_time(job.work, rate / kJobTicksPerSecond) : -1;
}

JobCluster::JobCluster(const JobTrace& trace, const JobQuestion& question, JobTick begin)
    : trace_(trace),
      question_(question),
      tracks_nodes_(!question.failures.empty() || !question.maintenance.empty() ||
                    !question.outages.empty()),
      tracks_ends_(question.policy == JobPolicy::backfill),
      now_(begin),
      running_(trace.jobs.size()),
      starts_(trace.jobs.size(), 0),
      ends_(question.pools.size()),
      on_node_(question.pools.size()) {
  run_.outcomes.resize(trace.jobs.size());
  run_.begin = begin;
  remaining_.reserve(trace.jobs.size());
  for (const Job& job : trace.jobs) remaining_.push_back(job.work);
  for (std::size_t pool = 0; pool < question.pools.size(); ++pool) {
    const JobPool& each = question.pools[pool];
    const PoolFailures failures =
        question.failures.empty() ? PoolFailures{} : question.failures[pool];
    nodes_.emplace_back(each);
    health_.emplace_back(each, failures, begin, RandomStream(question.seed, pool));
    // All nodes start out of service; the event loop brings the wanted ones in.
    for (int node = 0; node < each.nodes; ++node) nodes_.back().remove(node);
    if (tracks_nodes_) on_node_[pool].resize(at(each.nodes));
  }
}

void JobCluster::advance(JobTick now) {
  for (const JobNodes& each : nodes_) run_.account.idle += each.free() * (now - now_);
  now_ = now;
}

double JobCluster::rate(int job, int pool, bool spread) const {
  const Job& each = trace_.jobs[at(job)];
  if (each.kind < 0) return spread ? question_.spread_speed : 1;
  const JobKind& kind = trace_.kinds[at(each.kind)];
  const double together = kind.rate[at(pool)] / kJobTicksPerSecond;
  if (!spread) return together;
  const double apart = kind.spread.empty() ? 0 : kind.spread[at(pool)];
  return apart > 0 ? apart / kJobTicksPerSecond : together * question_.spread_speed;
}

bool JobCluster::possible(int job) const {
  const Job& each = trace_.jobs[at(job)];
  for (int pool = 0; pool < static_cast<int>(question_.pools.size()); ++pool) {
    const JobPool& room = question_.pools[at(pool)];
    if (rate(job, pool, false) <= 0) continue;
    const int domain = std::min(room.nodes_per_domain, room.nodes - room.spare_nodes);
    const int usable = question_.may_spread ? room.nodes - room.spare_nodes : domain;
    const int wanted = (each.accelerators + room.per_node - 1) / room.per_node;
    if (wanted <= usable) return true;
  }
  return false;
}

std::vector<int> JobCluster::preferred_pools(int job) const {
  std::vector<std::pair<double, int>> order;
  for (int pool = 0; pool < static_cast<int>(nodes_.size()); ++pool) {
    const double speed = rate(job, pool, false);
    if (speed <= 0) continue;
    const double merit =
        question_.fastest_pool ? speed : static_cast<double>(nodes_[at(pool)].free());
    order.emplace_back(-merit, pool);
  }
  std::sort(order.begin(), order.end());
  std::vector<int> pools;
  for (const auto& [merit, pool] : order) pools.push_back(pool);
  return pools;
}

JobTick JobCluster::expected_length(int job, int pool) const {
  JobStretch stretch;
  stretch.restart = starts_[at(job)] > 0 ? question_.checkpoints.restart : 0;
  stretch.work = working_time(remaining_[at(job)], rate(job, pool, false));
  return stretch_length(stretch, question_.checkpoints);
}

std::optional<std::pair<JobTick, int>> JobCluster::start(int job, int only_pool) {
  const int accelerators = trace_.jobs[at(job)].accelerators;
  const bool single = nodes_.size() == 1 && rate(job, 0, false) > 0;
  const std::vector<int> pools = only_pool >= 0 ? std::vector<int>{only_pool}
                                 : single       ? std::vector<int>{0}
                                                : preferred_pools(job);
  for (const int pool : pools) {
    auto placement = nodes_[at(pool)].place(accelerators, question_.may_spread);
    if (!placement) continue;
    RunningJob& running = running_[at(job)];
    running.pool = pool;
    running.placement = *std::move(placement);
    running.stretch.begin = now_;
    running.stretch.restart = starts_[at(job)] > 0 ? question_.checkpoints.restart : 0;
    running.stretch.rate = rate(job, pool, running.placement.spread);
    running.stretch.work = working_time(remaining_[at(job)], running.stretch.rate);
    running.planned_end = now_ + stretch_length(running.stretch, question_.checkpoints);
    if (tracks_nodes_) {
      for (const NodeShare& share : running.placement.shares)
        on_node_[at(pool)][at(share.node)].push_back(job);
    }
    if (tracks_ends_) ends_[at(pool)].insert({running.planned_end, job, &running.placement});
    JobOutcome& outcome = run_.outcomes[at(job)];
    if (outcome.started < 0) outcome.started = now_;
    ++starts_[at(job)];
    ++run_.decisions;
    return std::pair{running.planned_end, pool};
  }
  return std::nullopt;
}

void JobCluster::leave_accelerators(int job) {
  RunningJob& running = running_[at(job)];
  nodes_[at(running.pool)].release(running.placement);
  if (tracks_nodes_) {
    for (const NodeShare& share : running.placement.shares) {
      auto& jobs = on_node_[at(running.pool)][at(share.node)];
      jobs.erase(std::find(jobs.begin(), jobs.end(), job));
    }
  }
  if (tracks_ends_) ends_[at(running.pool)].erase({running.planned_end, job, nullptr});
  run_.outcomes[at(job)].running += now_ - running.stretch.begin;
  ++run_.decisions;
  running.pool = -1;
}

void JobCluster::book(int job, const JobProgress& progress) {
  const std::int64_t accelerators = trace_.jobs[at(job)].accelerators;
  run_.account.useful += progress.saved * accelerators;
  run_.account.lost += progress.lost * accelerators;
  run_.account.overhead += progress.overhead * accelerators;
}

void JobCluster::finish(int job) {
  const JobStretch stretch = running_[at(job)].stretch;
  leave_accelerators(job);
  book(job, {stretch.work, 0, now_ - stretch.begin - stretch.work});
  remaining_[at(job)] = 0;
  run_.outcomes[at(job)].end = JobEnd::finished;
  run_.outcomes[at(job)].finished = now_;
}

void JobCluster::stop(int job, StopReason reason) {
  const JobStretch stretch = running_[at(job)].stretch;
  leave_accelerators(job);
  const JobProgress progress = progress_after(now_ - stretch.begin, stretch, question_.checkpoints,
                                              reason == StopReason::announced);
  book(job, progress);
  remaining_[at(job)] =
      std::max(0.0, remaining_[at(job)] - static_cast<double>(progress.saved) * stretch.rate);
  if (reason == StopReason::preemption) {
    ++run_.outcomes[at(job)].preemptions;
  } else {
    ++run_.outcomes[at(job)].interruptions;
  }
}

void JobCluster::close() {
  for (int job = 0; job < static_cast<int>(running_.size()); ++job) {
    if (running_[at(job)].pool < 0) continue;
    const JobStretch stretch = running_[at(job)].stretch;
    leave_accelerators(job);
    book(job, progress_after(now_ - stretch.begin, stretch, question_.checkpoints, true));
  }
  JobAccount& account = run_.account;
  for (std::size_t pool = 0; pool < health_.size(); ++pool) {
    health_[pool].close(now_);
    const JobAccount& of_nodes = health_[pool].account();
    account.spare += of_nodes.spare;
    account.repair += of_nodes.repair;
    account.outage += of_nodes.outage;
    account.maintenance += of_nodes.maintenance;
    account.total += question_.pools[pool].accelerators() * (now_ - run_.begin);
  }
  run_.end = now_;
}

std::vector<int> JobCluster::jobs_on(int pool, int node) const {
  return on_node_[at(pool)][at(node)];
}

}  // namespace polyfleet
