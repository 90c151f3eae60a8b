// One training step as a trace that Chrome (chrome://tracing) and Perfetto open: a process per
// pipeline stage, with rows for compute, hand-over, data-parallel exchange and the step's end.
// Times are those of the exact event schedule. Long steps are shortened: the steady state in the
// middle is cut out and the cut is marked, so that the ends stay at their true times and the file
// stays small.
#pragma once

#include <string>
#include <vector>

#include "config/value.hpp"
#include "training/schedule.hpp"

namespace polyfleet {

/// What surrounds the pipeline on every stage; only what is exposed takes time of its own.
struct StepEnds {
  Seconds parameter_gather;  ///< exposed, before the first forward
  Seconds gradient_reduce;   ///< exposed, after the last backward
  Seconds optimizer;
  Seconds host;   ///< per-step host work
  Seconds other;  ///< what the step time holds beyond the terms above (named in the trace)
};

struct TimelineInput {
  std::string name;
  PipelineShape shape;
  std::vector<StageCost> costs;  ///< stages x virtual stages, in model order
  StepEnds ends;
};

/// The tasks that a trace shows, and what was left out of them.
struct TimelineTasks {
  std::vector<ScheduledTask> tasks;
  std::int64_t elided_micro_batches = 0;
  Seconds elided_from, elided_time;
};

/// At most about `most_tasks` tasks, but always the whole warm-up and drain.
TimelineTasks timeline_tasks(const PipelineShape& shape, std::span<const StageCost> costs,
                             std::size_t most_tasks = 20000);

/// The trace document; print it with to_json. Precondition: schedule_problem(shape) is empty.
Value timeline_trace(const TimelineInput& input);

}  // namespace polyfleet
