#include "training/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace polyfleet {
namespace {

enum class TraceRow { compute, hand_over, data_parallel, step };

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

class Trace {
 public:
  explicit Trace(const TimelineInput& input) : input_(input) {}

  Value build() {
    const TimelineTasks shown = timeline_tasks(input_.shape, input_.costs);
    name_rows();
    Seconds last = start();
    for (const ScheduledTask& task : shown.tasks) {
      add_task(task);
      last =
          max(last, start() + task.end + (input_.shape.overlap_hand_over ? 0 * second : task.send));
    }
    if (shown.elided_micro_batches > 0) mark_cut(shown);
    for (int stage = 0; stage < input_.shape.stages; ++stage) add_ends(stage, last);
    Value document{Table{}};
    document.set("displayTimeUnit", "ms");
    document.set("otherData", summary(shown));
    document.set("traceEvents", std::move(events_));
    return document;
  }

 private:
  Seconds start() const { return input_.ends.parameter_gather; }

  void complete(int stage, TraceRow row, std::string name, Seconds from, Seconds duration) {
    if (!(duration > 0 * second)) return;
    Value event{Table{}};
    event.set("name", std::move(name));
    event.set("ph", "X");
    event.set("pid", stage);
    event.set("tid", static_cast<int>(row));
    event.set("ts", from / microsecond);
    event.set("dur", duration / microsecond);
    events_.push(std::move(event));
  }

  void metadata(int stage, TraceRow row, const char* kind, std::string name) {
    Value event{Table{}};
    event.set("name", kind);
    event.set("ph", "M");
    event.set("pid", stage);
    event.set("tid", static_cast<int>(row));
    event.set("args", Value(Table{{"name", std::move(name)}}));
    events_.push(std::move(event));
  }

  void name_rows() {
    events_ = Value(Array{});
    for (int stage = 0; stage < input_.shape.stages; ++stage) {
      metadata(stage, TraceRow::compute, "process_name", fmt::format("stage {}", stage));
      metadata(stage, TraceRow::compute, "thread_name", "compute");
      metadata(stage, TraceRow::hand_over, "thread_name", "hand-over");
      metadata(stage, TraceRow::data_parallel, "thread_name", "data parallel");
      metadata(stage, TraceRow::step, "thread_name", "step");
    }
  }

  void add_task(const ScheduledTask& task) {
    const std::string label =
        input_.shape.virtual_stages > 1
            ? fmt::format("{} {} chunk {}", name_of(task.kind), task.micro_batch, task.chunk)
            : fmt::format("{} {}", name_of(task.kind), task.micro_batch);
    complete(task.device, TraceRow::compute, label, start() + task.start, task.end - task.start);
    complete(task.device, TraceRow::hand_over, "send " + label, start() + task.end, task.send);
  }

  void mark_cut(const TimelineTasks& shown) {
    for (int stage = 0; stage < input_.shape.stages; ++stage)
      complete(
          stage, TraceRow::step,
          fmt::format("{} micro-batches of the steady state not shown", shown.elided_micro_batches),
          start() + shown.elided_from, shown.elided_time);
  }

  /// Every stage ends together: a step is as long as its slowest stage.
  void add_ends(int stage, Seconds last) {
    const StepEnds& ends = input_.ends;
    complete(stage, TraceRow::data_parallel, "parameter gather (exposed)", 0 * second,
             ends.parameter_gather);
    complete(stage, TraceRow::data_parallel, "gradient reduce (exposed)", last,
             ends.gradient_reduce);
    Seconds now = last + ends.gradient_reduce;
    complete(stage, TraceRow::step, "optimiser", now, ends.optimizer);
    now += ends.optimizer;
    complete(stage, TraceRow::step, "host", now, ends.host);
    now += ends.host;
    complete(stage, TraceRow::step, "other terms of the step time", now, ends.other);
    step_time_ = max(step_time_, now + max(ends.other, 0 * second));
  }

  Value summary(const TimelineTasks& shown) const {
    Value data{Table{}};
    data.set("step", input_.name);
    data.set("stages", input_.shape.stages);
    data.set("virtual_stages", input_.shape.virtual_stages);
    data.set("micro_batches", input_.shape.micro_batches);
    data.set("elided_micro_batches", shown.elided_micro_batches);
    data.set("step_time_us", step_time_ / microsecond);
    return data;
  }

  const TimelineInput& input_;
  Value events_;
  Seconds step_time_;
};

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

Value timeline_trace(const TimelineInput& input) { return Trace(input).build(); }

}  // namespace polyfleet
