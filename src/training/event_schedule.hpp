// The exact event schedule: every device runs its tasks in the order that its schedule gives, each
// as soon as the device is free and its input has arrived. Slow (every task is visited) and plain;
// the recurrences of the fast path (schedule_waves.hpp) are held against it. Internal to the
// schedules.
#pragma once

#include <span>
#include <vector>

#include "training/schedule.hpp"

namespace polyfleet {

/// A task at its place in a device's order. `joined`: runs as one block with the task that follows
/// (DualPipe's overlapped forward and backward): the block waits for both inputs and both results
/// leave at its end.
struct OrderedTask {
  TaskKind kind = TaskKind::forward;
  int chunk = 0;
  std::int64_t micro_batch = 0;
  bool joined = false;
};

using DeviceOrder = std::vector<OrderedTask>;

DeviceOrder gpipe_order(const PipelineShape& shape, int device);
DeviceOrder one_forward_one_backward_order(const PipelineShape& shape, int device);
DeviceOrder interleaved_order(const PipelineShape& shape, int device);
DeviceOrder zero_bubble_order(const PipelineShape& shape, int device);
DeviceOrder dual_pipe_order(const PipelineShape& shape, int device);
DeviceOrder device_order(const PipelineShape& shape, int device);

/// All tasks with their times. A broken order (deadlock) is a bug of ours and ends the process.
std::vector<ScheduledTask> run_events(const PipelineShape& shape, std::span<const StageCost> costs);

/// Only the end of the last task.
Seconds event_makespan(const PipelineShape& shape, std::span<const StageCost> costs);

}  // namespace polyfleet
