// A cluster that runs jobs, event by event: arrivals wait in a queue, gangs are placed in scale-up
// domains, nodes fail and are repaired or replaced by spares, outages take many at once, announced
// maintenance takes each in turn, and jobs go back to their last checkpoint. Cost follows events:
// free capacity is indexed, nothing is scanned. Policies that move running jobs every round are in
// fleet/job_rounds.hpp. Wrong for jobs whose speed depends on their neighbours.
#pragma once

#include <atomic>
#include <functional>
#include <string_view>
#include <vector>

#include "fleet/job_model.hpp"
#include "fleet/job_progress.hpp"

namespace polyfleet {

/// Who goes next, and whether others may pass him.
enum class JobPolicy {
  fifo,            ///< in order of arrival; the first that does not fit blocks all
  shortest_first,  ///< shortest working time first, known beforehand
  backfill,        ///< fifo, but others may pass where they do not delay the first (EASY)
  priority,        ///< highest priority first; it may stop running jobs of lower priority
};
std::string_view name_of(JobPolicy policy);

/// How nodes of one pool fail.
struct PoolFailures {
  JobTick between = 0;      ///< mean time between failures of one node in service; 0 = never
  JobTick repair = 0;       ///< mean, exponential
  double lemon_share = 0;   ///< of the nodes: every 1/share-th
  double lemon_factor = 1;  ///< on their rate
  int exchanged_after = 0;  ///< failures of one node, then it is as good as the others; 0 = never
};

/// Every node is out once in `every`, in turn; jobs are told and save their work.
struct PoolMaintenance {
  JobTick every = 0, length = 0;
};

/// The first `share` of a pool's nodes are out.
struct JobOutage {
  JobTick begin = 0, end = 0;
  int pool = -1;  ///< -1 = all
  double share = 1;
};

struct JobQuestion {
  std::vector<JobPool> pools;
  JobPolicy policy = JobPolicy::fifo;
  bool fastest_pool = false;  ///< heterogeneity-aware: the fastest pool that has room; else the
                              ///< one with the most room
  bool may_spread = true;     ///< gangs larger than a domain's room may use several domains
  double spread_speed = 1;    ///< factor on the speed of a spread gang that no figure is known for
  int backfill_depth = 100;   ///< jobs looked at per gang size, as schedulers limit it
  JobCheckpoints checkpoints;
  std::vector<PoolFailures> failures;        ///< by pool; empty = none
  std::vector<PoolMaintenance> maintenance;  ///< by pool; empty = none
  std::vector<JobOutage> outages;
  JobTick horizon = 0;  ///< play exactly so long from the first arrival; 0 = until all jobs end
  std::uint64_t seed = 1;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(double share)> progress = {};  ///< share of the jobs that ended
};

/// Working time of a job in a pool, at no interruption; -1 where the pool does not run its kind.
JobTick working_time_in(const Job& job, const std::vector<JobKind>& kinds, int pool);

/// Plays the trace. Precondition: pools are not empty; jobs are sorted; gangs have at least one
/// accelerator; with failures, `between` is positive. A job that fits no empty pool is refused and
/// counted. With a horizon of 0 and failures too frequent for any progress it stops after
/// `kLongestJobSpan`.
JobRun simulate_jobs(const JobTrace& trace, const JobQuestion& question);

}  // namespace polyfleet
