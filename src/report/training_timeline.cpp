#include "report/training_timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/step_parts.hpp"
#include "training/timeline.hpp"

namespace polyfleet {
namespace {

class TraceWriter {
 public:
  /// Times in microseconds, as the trace format wants them.
  void slice(std::string_view name, std::string_view category, int stage, int lane, Seconds start,
             Seconds length) {
    if (!(length > 0 * second)) return;
    separate();
    fmt::format_to(
        std::back_inserter(text_),
        R"({{"name":"{}","cat":"{}","ph":"X","pid":{},"tid":{},"ts":{:.3f},"dur":{:.3f}}})", name,
        category, stage, lane, start / microsecond, length / microsecond);
  }

  void name_lane(int stage, int lane, std::string_view name) {
    separate();
    fmt::format_to(std::back_inserter(text_),
                   R"({{"name":"thread_name","ph":"M","pid":{},"tid":{},"args":{{"name":"{}"}}}})",
                   stage, lane, name);
  }

  void name_stage(int stage) {
    separate();
    fmt::format_to(
        std::back_inserter(text_),
        R"({{"name":"process_name","ph":"M","pid":{0},"args":{{"name":"pipeline stage {1}"}}}})",
        stage, stage + 1);
  }

  std::string finish() { return std::move(text_) + "\n]}\n"; }

 private:
  void separate() {
    text_ += is_first_ ? "\n" : ",\n";
    is_first_ = false;
  }

  std::string text_ = R"({"displayTimeUnit":"ms","traceEvents":[)";
  bool is_first_ = true;
};

constexpr int kComputeLane = 0;
constexpr int kSendLane = 1;

/// What follows the pipeline on a stage, in order.
void write_end(const std::vector<StepPart>& parts, int stage, Seconds start, TraceWriter& trace) {
  for (const StepPart& part : parts) {
    trace.slice(part.name, "step end", stage, kComputeLane, start, part.time);
    start += part.time;
  }
}

}  // namespace

PipelineShape pipeline_shape(const TrainingAnswer& answer) {
  const TrainingPlan& plan = answer.scenario.plan;
  return {.schedule = plan.schedule,
          .stages = plan.layout.pipeline,
          .virtual_stages = plan.layout.virtual_stages,
          .micro_batches = answer.estimate.step.micro_batches,
          .overlap_hand_over = plan.overlap.pipeline};
}

std::vector<StageCost> chunk_costs(const TrainingAnswer& answer) {
  std::vector<StageCost> costs;
  for (const StageDetail& chunk : answer.estimate.step.chunks) costs.push_back(chunk.cost);
  return costs;
}

std::string training_timeline(const TrainingAnswer& answer) {
  const StepTime& step = answer.estimate.step;
  const PipelineShape shape = pipeline_shape(answer);
  const std::vector<StageCost> costs = chunk_costs(answer);
  TraceWriter trace;
  for (int stage = 0; stage < shape.stages; ++stage) {
    trace.name_stage(stage);
    trace.name_lane(stage, kComputeLane, "compute");
    trace.name_lane(stage, kSendLane, "hand-over");
  }
  Seconds end;
  const TimelineTasks timeline = timeline_tasks(shape, costs);
  const double scale = timeline_scale(step.where);
  for (const ScheduledTask& task : timeline.tasks) {
    const std::string name =
        fmt::format("{} {} chunk {}", name_of(task.kind), task.micro_batch + 1, task.chunk + 1);
    trace.slice(name, name_of(task.kind), task.device, kComputeLane, task.start * scale,
                (task.end - task.start) * scale);
    trace.slice("send " + name, "hand-over", task.device, kSendLane, task.end * scale,
                task.send * scale);
    end = max(end, task.end);
  }
  if (timeline.elided_micro_batches > 0) {
    const std::string name = fmt::format("{} micro-batches of the steady state not drawn",
                                         timeline.elided_micro_batches);
    for (int stage = 0; stage < shape.stages; ++stage)
      trace.slice(name, "cut", stage, kSendLane, timeline.elided_from * scale,
                  timeline.elided_time * scale);
  }
  const std::vector<StepPart> end_parts = step_end_parts(step.where, end);
  for (int stage = 0; stage < shape.stages; ++stage)
    write_end(end_parts, stage, end * scale, trace);
  return trace.finish();
}

}  // namespace polyfleet
