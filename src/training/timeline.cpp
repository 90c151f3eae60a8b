#include "training/timeline.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

/// Micro-batches after which every schedule repeats itself.
std::int64_t period_of(const PipelineShape& shape) {
  switch (shape.schedule) {
    case Schedule::interleaved:
      return shape.stages;
    case Schedule::dual_pipe:
      return 2;
    case Schedule::gpipe:
    case Schedule::one_forward_one_backward:
    case Schedule::zero_bubble:
      return 1;
  }
  return 1;
}

/// Micro-batches shown: all, or enough for warm-up, a few steady rounds and drain.
std::int64_t shown_micro_batches(const PipelineShape& shape, std::size_t most_tasks) {
  const auto per_micro_batch = static_cast<std::int64_t>(3 * shape.chunks());
  const std::int64_t room = static_cast<std::int64_t>(most_tasks) / per_micro_batch;
  const std::int64_t needed = 4 * shape.stages;
  const std::int64_t most = std::max(room, needed);
  if (shape.micro_batches <= most || shape.schedule == Schedule::gpipe) return shape.micro_batches;
  const std::int64_t period = period_of(shape);
  return most + (shape.micro_batches - most) % period;
}

}  // namespace

TimelineTasks timeline_tasks(const PipelineShape& shape, std::span<const StageCost> costs,
                             std::size_t most_tasks) {
  TimelineTasks shown;
  PipelineShape part = shape;
  part.micro_batches = shown_micro_batches(shape, most_tasks);
  shown.tasks = pipeline_tasks(part, costs);
  shown.elided_micro_batches = shape.micro_batches - part.micro_batches;
  if (shown.elided_micro_batches == 0) return shown;
  shown.elided_time = pipeline_time(shape, costs).total - pipeline_time(part, costs).total;
  shown.elided_from = pipeline_time(part, costs).total / 2;
  for (ScheduledTask& task : shown.tasks) {
    if (task.start < shown.elided_from) continue;
    task.start += shown.elided_time;
    task.end += shown.elided_time;
    // DualPipe numbers its second direction from the middle; labels follow the shape shown there.
    if (shape.schedule != Schedule::dual_pipe) task.micro_batch += shown.elided_micro_batches;
  }
  return shown;
}

}  // namespace polyfleet
