// The state of one simulated cluster: which jobs run where, and the books of accelerator-time. The
// event loop (job_simulation.cpp) says what happens when; this starts, ends and breaks off jobs and
// moves nodes in and out of service.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "fleet/job_backfill.hpp"
#include "fleet/job_health.hpp"
#include "fleet/job_nodes.hpp"
#include "fleet/job_progress.hpp"
#include "fleet/job_simulation.hpp"

namespace polyfleet {

/// Why a running job stops before its end.
enum class StopReason { failure, announced, preemption };

/// A job on its accelerators.
struct RunningJob {
  int pool = -1;  ///< -1 = does not run
  Placement placement;
  JobStretch stretch;
  JobTick planned_end = 0;
};

class JobCluster {
 public:
  JobCluster(const JobTrace& trace, const JobQuestion& question, JobTick begin);

  /// Moves the clock; idle time is counted on the way.
  void advance(JobTick now);
  JobTick now() const { return now_; }

  /// Starts the job in the pool that the question prefers among those with room now, `only_pool`
  /// if not -1. Returns its planned end and its pool, or nothing.
  std::optional<std::pair<JobTick, int>> start(int job, int only_pool = -1);
  /// Pools in the order in which `start` tries them.
  std::vector<int> preferred_pools(int job) const;
  void finish(int job);
  void stop(int job, StopReason reason);
  /// Closes every running job and the nodes' books at the end of a study.
  void close();

  const RunningJob& running(int job) const { return running_[at(job)]; }
  /// Validity of a planned end: how often the job started.
  unsigned starts(int job) const { return starts_[at(job)]; }
  double remaining(int job) const { return remaining_[at(job)]; }
  /// Whether the job could run in an empty cluster.
  bool possible(int job) const;
  /// Milliseconds that the job still needs in a pool, undisturbed.
  JobTick expected_length(int job, int pool) const;
  std::vector<int> jobs_on(int pool, int node) const;
  const std::set<PlannedEnd>& ends(int pool) const { return ends_[at(pool)]; }

  JobNodes& nodes(int pool) { return nodes_[at(pool)]; }
  PoolHealth& health(int pool) { return health_[at(pool)]; }
  JobRun& run() { return run_; }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  /// Work units a millisecond; 0 where the pool does not run the job.
  double rate(int job, int pool, bool spread) const;
  void leave_accelerators(int job);
  void book(int job, const JobProgress& progress);

  const JobTrace& trace_;
  const JobQuestion& question_;
  bool tracks_nodes_, tracks_ends_;
  JobTick now_;
  std::vector<JobNodes> nodes_;
  std::vector<PoolHealth> health_;
  std::vector<RunningJob> running_;
  std::vector<double> remaining_;
  std::vector<unsigned> starts_;
  std::vector<std::set<PlannedEnd>> ends_;              ///< by pool
  std::vector<std::vector<std::vector<int>>> on_node_;  ///< [pool][node]: jobs
  JobRun run_;
};

}  // namespace polyfleet
