// What a gang's time on accelerators was worth: work that is safe, work lost, and time for
// checkpoints and restarts, from the time that passed. Between two events a job is periodic
// (interval, write), so cost does not grow with the number of checkpoints.
#pragma once

#include "fleet/job_model.hpp"

namespace polyfleet {

/// How a job saves its work.
struct JobCheckpoints {
  JobTick interval = 0;  ///< working time between two; 0 = none: a failure loses everything
  JobTick write = 0;     ///< the job stands
  JobTick restart = 0;   ///< from getting accelerators again until it works, loading included
};

/// One stretch on accelerators.
struct JobStretch {
  JobTick begin = 0;
  JobTick restart = 0;  ///< at its begin; 0 the first time
  double rate = 1;      ///< work units a millisecond
  JobTick work = 0;     ///< working time until the job is done
};

/// Working time that `remaining` units take at `rate`, rounded up.
JobTick working_time(double remaining, double rate);

/// From begin to the end of the job: restart, work and the writes in between (none at the end).
JobTick stretch_length(const JobStretch& stretch, const JobCheckpoints& checkpoints);

/// Parts of an elapsed time; they sum to it.
struct JobProgress {
  JobTick saved = 0;     ///< working time that counts
  JobTick lost = 0;      ///< working time since the last checkpoint
  JobTick overhead = 0;  ///< restart and writes
};

/// Of a stretch broken off after `elapsed`. Announced: the job saves at that moment.
/// Precondition: elapsed is not beyond the stretch's length.
JobProgress progress_after(JobTick elapsed, const JobStretch& stretch,
                           const JobCheckpoints& checkpoints, bool announced);

}  // namespace polyfleet
