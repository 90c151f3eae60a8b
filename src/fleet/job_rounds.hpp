// A cluster scheduled in rounds over pools of different accelerators, as Gavel does (Narayanan et
// al., OSDI 2020): now and then a policy divides the pools' time among the jobs, and every round
// runs those that are furthest behind their share. Whole steps only; a round lasts until the last
// of its jobs has done its steps. Knows pools, not nodes: no placement, no failures (those are in
// fleet/job_simulation.hpp). A job that comes between two divisions waits for the next.
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

#include "fleet/job_model.hpp"

namespace polyfleet {

enum class RoundPolicy {
  fifo,              ///< in order of arrival, the first pool that has room, kept to the end
  fifo_random,       ///< the same with a random pool that has room
  fifo_fastest,      ///< in order of arrival, the fastest pool that has room
  max_min_fairness,  ///< equal shares of time, whatever the pools' speed
  max_min_aware,     ///< equal shares of throughput, relative to an equal split of the cluster
  least_attained,    ///< who had the least accelerator-time so far goes first
};
std::string_view name_of(RoundPolicy policy);

struct RoundQuestion {
  std::vector<JobPool> pools;  ///< in the order in which an aware policy fills them
  RoundPolicy policy = RoundPolicy::fifo_fastest;
  JobTick round = 360'000;                ///< Gavel's published round, 6 minutes
  JobTick between_divisions = 1'920'000;  ///< least time between two divisions, as published
  std::uint64_t seed = 1;                 ///< of random pools
  /// Play until these jobs of the trace have ended; both 0 = all.
  std::size_t first_measured = 0, end_measured = 0;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(double share)> progress = {};
};

/// Plays the trace. Precondition: every job has a kind; jobs are sorted. A job that no pool can
/// hold or run is refused and counted.
JobRun simulate_rounds(const JobTrace& trace, const RoundQuestion& question);

}  // namespace polyfleet
