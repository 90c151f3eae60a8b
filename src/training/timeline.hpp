// The tasks of one step for a trace viewer, with long steps shortened: the steady state in the
// middle is cut out and stated, so that warm-up, drain and the end stand at their true times and
// the trace stays small (report/training_timeline.hpp writes it).
#pragma once

#include <span>
#include <vector>

#include "training/schedule.hpp"

namespace polyfleet {

struct TimelineTasks {
  std::vector<ScheduledTask> tasks;  ///< by device, in the order in which they run
  std::int64_t elided_micro_batches = 0;
  Seconds elided_from;  ///< the cut; what started later stands at its true time behind it
  Seconds elided_time;
};

/// At most about `most_tasks` tasks, but always the whole warm-up and drain; GPipe, which holds
/// every micro-batch anyway, is never cut. Precondition: schedule_problem(shape) is empty.
TimelineTasks timeline_tasks(const PipelineShape& shape, std::span<const StageCost> costs,
                             std::size_t most_tasks = 20000);

}  // namespace polyfleet
