// Jobs on a cluster as numbers: what arrives (gangs of accelerators with work), what they run on
// (pools of alike nodes in scale-up domains), and what happened to each. Time is integer
// milliseconds, so that accelerator-time adds up exactly: a million accelerators over 200 years
// fit. Wrong for jobs that change their size while they run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Simulated time or a span of it, in milliseconds; also accelerator-milliseconds.
using JobTick = std::int64_t;
inline constexpr double kJobTicksPerSecond = 1e3;
/// A century: longer spans are refused by readers, so that sums over accelerators fit.
inline constexpr JobTick kLongestJobSpan = 3'155'760'000'000;

/// To the nearest millisecond.
inline JobTick job_ticks(Seconds time) {
  const double ticks = time / second * kJobTicksPerSecond;
  POLYFLEET_CHECK(ticks > -9.2e18 && ticks < 9.2e18, "a span beyond the clock");
  return static_cast<JobTick>(ticks < 0 ? ticks - 0.5 : ticks + 0.5);
}
inline Seconds seconds_of_job_ticks(JobTick ticks) {
  return static_cast<double>(ticks) / kJobTicksPerSecond * second;
}

/// Alike nodes of one accelerator type.
struct JobPool {
  std::string name;
  int nodes = 0;
  int per_node = 8;          ///< accelerators
  int nodes_per_domain = 1;  ///< joined by the scale-up fabric; the last domain may be smaller
  int spare_nodes = 0;       ///< of the nodes; take no jobs until another one fails
  std::int64_t accelerators() const { return static_cast<std::int64_t>(nodes) * per_node; }
};

/// What a job does, where speeds differ by pool: work units (steps) a second of a gang of this
/// size. Without kinds, work is time and every pool runs it alike.
struct JobKind {
  std::string name;
  int accelerators = 1;        ///< gang size that the rates are of
  std::vector<double> rate;    ///< by pool; 0 = cannot run there
  std::vector<double> spread;  ///< by pool: the gang is not in one domain; 0 = not measured
};

struct Job {
  std::int64_t id = 0;  ///< as the trace names it, or its place in order; breaks ties
  JobTick arrival = 0;
  int accelerators = 1;  ///< a gang: all at once
  double work = 0;       ///< units of its kind; without a kind milliseconds
  int kind = -1;         ///< index, or none
  int priority = 0;      ///< larger goes first, where the policy asks
  int group = -1;        ///< index of its group name (virtual cluster, team), or none
};

struct JobTrace {
  std::string name;
  std::vector<Job> jobs;  ///< by arrival, then id, then everything else: permutation-proof
  std::vector<JobKind> kinds;
  std::vector<std::string> groups;
};

/// The order in which the simulations take jobs: by arrival, then id, then everything else.
bool job_before(const Job& a, const Job& b);
void sort_jobs(std::vector<Job>& jobs);

enum class JobEnd { finished, refused, unfinished };

struct JobOutcome {
  JobEnd end = JobEnd::unfinished;
  JobTick started = -1;  ///< first time that it ran
  JobTick finished = -1;
  JobTick running = 0;    ///< time on accelerators, lost work included
  int interruptions = 0;  ///< by failures and outages
  int preemptions = 0;
};

/// Accelerator-time by what became of it; the parts sum to `total` exactly.
struct JobAccount {
  JobTick useful = 0;    ///< work that counted
  JobTick lost = 0;      ///< work done again after a failure, preemption or outage
  JobTick overhead = 0;  ///< writing checkpoints, starting again
  JobTick idle = 0;      ///< in service, no job
  JobTick spare = 0;     ///< works and waits for a failure
  JobTick repair = 0;
  JobTick outage = 0;
  JobTick maintenance = 0;
  JobTick total = 0;
  JobTick sum() const {
    return useful + lost + overhead + idle + spare + repair + outage + maintenance;
  }
};

struct JobRun {
  std::vector<JobOutcome> outcomes;  ///< as the trace's jobs
  JobAccount account;
  JobTick begin = 0, end = 0;  ///< first arrival to the last event that counts
  std::int64_t failures = 0, repairs = 0, exchanged = 0, outages = 0, windows = 0;
  int most_nodes_down = 0;     ///< in repair at one time
  std::int64_t decisions = 0;  ///< starts, stops and events handled
  std::int64_t refused = 0;    ///< larger than any pool, or no pool runs the kind
  bool interrupted = false;
};

}  // namespace polyfleet
