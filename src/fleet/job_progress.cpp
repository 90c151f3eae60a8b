#include "fleet/job_progress.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

JobTick working_time(double remaining, double rate) {
  POLYFLEET_CHECK(rate > 0, "work at no rate");
  constexpr double kRounding = 1e-6;  // of a millisecond: a quotient lifted over a whole number
  return std::max<JobTick>(0, static_cast<JobTick>(std::ceil(remaining / rate - kRounding)));
}

JobTick stretch_length(const JobStretch& stretch, const JobCheckpoints& checkpoints) {
  JobTick length = stretch.restart + stretch.work;
  if (checkpoints.interval > 0 && stretch.work > 0)
    length += (stretch.work - 1) / checkpoints.interval * checkpoints.write;
  return length;
}

JobProgress progress_after(JobTick elapsed, const JobStretch& stretch,
                           const JobCheckpoints& checkpoints, bool announced) {
  if (elapsed <= stretch.restart) return {0, 0, elapsed};
  const JobTick trained = elapsed - stretch.restart;
  JobProgress progress;
  progress.overhead = stretch.restart;
  JobTick worked = trained, safe = 0;
  if (checkpoints.interval > 0) {
    const JobTick cycle = checkpoints.interval + checkpoints.write;
    const JobTick cycles = trained / cycle, rest = trained % cycle;
    worked = cycles * checkpoints.interval + std::min(rest, checkpoints.interval);
    safe = cycles * checkpoints.interval;
    progress.overhead += trained - worked;
  }
  progress.saved = announced ? worked : safe;
  progress.lost = worked - progress.saved;
  return progress;
}

}  // namespace polyfleet
