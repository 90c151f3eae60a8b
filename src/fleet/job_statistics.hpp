// What a trace asks for and what a cluster made of it: means, medians and tails of working time,
// waiting and completion, by size of gang; shares of accelerator-time. The columns of a trace's
// summary are those that trace studies print (Hu et al., NSDI 2024, table of five clusters).
#pragma once

#include <string>
#include <vector>

#include "fleet/job_model.hpp"
#include "fleet/job_trace.hpp"

namespace polyfleet {

/// Of any set of numbers; zeros where there are none.
struct Spread {
  double mean = 0, median = 0, p95 = 0, most = 0;
};
Spread spread_of(std::vector<double> values);

struct JobTraceSummary {
  std::int64_t jobs = 0;
  Spread seconds;       ///< working time
  Spread accelerators;  ///< of a gang
  double accelerator_seconds = 0;
  Seconds span;                      ///< first to last arrival
  double mean_busy = 0;              ///< accelerators, over the span
  std::vector<double> wait_seconds;  ///< mean and median of recorded waits; empty where none are
  /// Shares of jobs and of accelerator-time: completed, cancelled, failed; empty without states.
  std::vector<double> state_jobs, state_time;
};
JobTraceSummary summarize_trace(const JobTraceFile& file);

/// Jobs of one range of gang sizes.
struct JobSizeClass {
  int least = 1, most = 1;  ///< accelerators
  std::int64_t jobs = 0, finished = 0;
  Spread wait, completion;  ///< seconds; wait until the first start
  double slowdown = 0;      ///< mean over jobs of completion over working time in the fastest pool
  double accelerator_seconds = 0;
  std::int64_t interruptions = 0, preemptions = 0;
};

struct JobRunSummary {
  std::vector<JobSizeClass> classes;  ///< 1, 2, 3-4, 5-8, ...: only those that have jobs
  JobSizeClass all;
  Seconds makespan;         ///< first arrival to last completion
  double utilization = 0;   ///< busy accelerator-time over all
  double goodput = 0;       ///< useful over all
  double availability = 0;  ///< busy, idle and spare over all
};
JobRunSummary summarize_run(const JobTrace& trace, const JobRun& run);

}  // namespace polyfleet
