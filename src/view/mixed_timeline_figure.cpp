#include "view/mixed_timeline_figure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "training/timeline.hpp"
#include "units/text.hpp"
#include "view/timeline_spans.hpp"

namespace polyfleet {
namespace {

constexpr char kBetweenPools[] = "transfer between pools";

/// One replica group's lanes.
class GroupLanes {
 public:
  GroupLanes(const MixedAnswer& answer, const GroupTimeline& group, std::string prefix,
             std::size_t most_spans)
      : answer_(answer),
        group_(group),
        prefix_(std::move(prefix)),
        tasks_(timeline_tasks(group.shape, group.costs, most_spans)) {}

  const TimelineTasks& tasks() const { return tasks_; }

  /// At most about so many stages, and those at borders.
  std::set<int> stages(int most) const {
    std::set<int> shown = shown_stages(group_.shape.stages, tasks_.tasks.size(), most);
    for (int stage = 1; stage < group_.shape.stages; ++stage) {
      if (pool_of_stage(stage) == pool_of_stage(stage - 1)) continue;
      shown.insert(stage - 1);
      shown.insert(stage);
    }
    return shown;
  }

  void add_to(StageSpans& spans, const std::set<int>& stages, Seconds total) const {
    for (const int stage : stages) add_stage(spans, stage, total);
    for (int stage = 0; stage + 1 < group_.shape.stages; ++stage) {
      if (pool_of_stage(stage) == pool_of_stage(stage + 1)) continue;
      add_border(spans, stage, stage + 1);
      add_border(spans, stage + 1, stage);
    }
  }

 private:
  std::size_t pool_of_stage(int stage) const {
    return group_.stages[static_cast<std::size_t>(stage)].pool;
  }
  const SearchedPool& pool(int stage) const { return answer_.question.pools[pool_of_stage(stage)]; }

  static std::string what_of(const ScheduledTask& task) {
    return fmt::format("micro-batch {}, chunk {}", task.micro_batch + 1, task.chunk + 1);
  }

  void add_stage(StageSpans& spans, int stage, Seconds total) const {
    spans.lane(fmt::format("{}stage {}, {}", prefix_, stage + 1, pool(stage).name),
               pool(stage).question.machine->accelerator.vendor);
    for (const ScheduledTask& task : tasks_.tasks) {
      if (task.device != stage) continue;
      spans.add({task.start, task.end, task_words(task.kind), what_of(task)});
      if (!group_.shape.overlap_hand_over)
        spans.add({task.end, task.end + task.send, "hand-over", what_of(task)});
    }
    if (tasks_.elided_micro_batches > 0)
      spans.add({tasks_.elided_from, tasks_.elided_from + tasks_.elided_time,
                 "steady state, not drawn",
                 fmt::format("{} micro-batches", tasks_.elided_micro_batches)});
    add_end(spans, group_.stages[static_cast<std::size_t>(stage)]);
    spans.fill_gaps(total, "waiting");
  }

  void add_end(StageSpans& spans, const StageEnd& end) const {
    Seconds at = group_.pipeline;
    const auto next = [&](Seconds length, const char* kind) {
      spans.add({at, at + length, kind, "end of the step"});
      at += length;
    };
    next(group_.host, "host");
    next(end.reduce, "gradient reduction");
    next(end.exchange, "gradients between groups");
    next(end.meeting, "waiting for other groups");
    next(end.update, "optimiser");
    next(end.gather, "parameter gather");
    next(end.idle, "waiting for other groups");
  }

  /// Hand-overs from one stage to the next on another pool, forward or backward.
  void add_border(StageSpans& spans, int from, int to) const {
    spans.lane(fmt::format("{}{} to {}", prefix_, pool(from).name, pool(to).name));
    for (const ScheduledTask& task : tasks_.tasks) {
      if (task.device != from || (task.kind == TaskKind::forward) != (from < to)) continue;
      spans.add({task.end, task.end + task.send, kBetweenPools, what_of(task)});
    }
  }

  const MixedAnswer& answer_;
  const GroupTimeline& group_;
  std::string prefix_;
  TimelineTasks tasks_;
};

std::string replicas_text(const ReplicaGroup& group) {
  return group.replicas == 1 ? "one replica"
                             : fmt::format("one of {} replicas, all alike", group.replicas);
}

}  // namespace

PageFigure mixed_timeline_figure(const MixedAnswer& answer, const PlannedMix& best,
                                 const MixedTimeline& timeline) {
  const std::size_t groups = timeline.groups.size();
  PageFigure figure{.id = "mixed_pipeline", .title = "One step on the pools"};
  figure.reading =
      "A lane for each stage, marked in its vendor's colour, from the step's begin to "
      "its end; open time is waiting. ";
  StageSpans spans;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::string number = fmt::format("group {}", g + 1);
    const GroupTimeline& group = timeline.groups[g];
    const GroupLanes lanes(answer, group, groups == 1 ? "" : number + ", ",
                           kMostStageSpans / groups);
    const std::set<int> shown =
        lanes.stages(std::max(4, kMostStageLanes / static_cast<int>(groups)));
    lanes.add_to(spans, shown, timeline.total);
    figure.reading += fmt::format("{}: {}, {}", groups == 1 ? "Drawn" : "G" + number.substr(1),
                                  replicas_text(best.plan.groups[g]),
                                  counted_noun(group.shape.micro_batches, "micro-batch"));
    if (lanes.tasks().elided_micro_batches > 0)
      figure.reading +=
          fmt::format(" ({} of the steady state not drawn)", lanes.tasks().elided_micro_batches);
    figure.reading +=
        fmt::format(", {} of {}. ", shown.size(), counted_noun(group.shape.stages, "stage"));
  }
  figure.reading += fmt::format("The step ends at {}.", print_quantity(timeline.total));
  figure.chart =
      SpanChart{.lane = "stage", .begin = "begin", .end = "end", .kind = "kind", .group = "vendor"};
  figure.data = spans.take();
  figure.assumptions = {
      "A task starts when its device is free and its input has arrived; hand-overs do not contend "
      "for links.",
      "Gradient exchange that is hidden behind compute is not drawn."};
  return figure;
}

}  // namespace polyfleet
