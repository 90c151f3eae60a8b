#include "view/training_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/plan_rows.hpp"
#include "report/step_parts.hpp"
#include "report/training_timeline.hpp"
#include "training/timeline.hpp"
#include "units/text.hpp"
#include "view/timeline_spans.hpp"

namespace polyfleet {
namespace {

double ms(Seconds time) { return time / millisecond; }

/// The causes of a step's time, coarse enough for a legend.
struct StepGroups {
  Seconds matrix, other_compute, recompute, exposed, waiting, update, host;
};

StepGroups groups_of(const StepBreakdown& where) {
  StepGroups groups;
  for (std::size_t i = 0; i < kOpClassCount; ++i) {
    switch (static_cast<OpClass>(i)) {
      case OpClass::projection:
      case OpClass::attention:
      case OpClass::mlp:
      case OpClass::expert:
      case OpClass::shared_expert:
      case OpClass::router:
      case OpClass::logits:
      case OpClass::linear_mixer:
      case OpClass::adapter:
        groups.matrix += where.compute[i];
        break;
      default:
        groups.other_compute += where.compute[i];
    }
  }
  groups.recompute = where.recompute;
  groups.exposed = where.tensor + where.context + where.expert + where.pipeline +
                   where.gradient_reduce + where.parameter_gather;
  groups.waiting = where.bubble;
  groups.update = where.optimizer;
  groups.host = where.host + where.offload;
  return groups;
}

PageFigure time_parts_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const StepBreakdown& where = answer.estimate.step.where;
  std::vector<std::string> names;
  std::vector<double> times, shares;
  std::size_t empty = 0;
  for (const StepPart& part : step_parts(where)) {
    if (part.time == 0 * second) {
      ++empty;
      continue;
    }
    names.push_back(part.name);
    times.push_back(ms(part.time));
    shares.push_back(100 * (part.time / where.total));
  }
  PageFigure figure{.id = "step_parts", .title = "Every part of the step"};
  figure.reading = fmt::format(
      "Compute is that of the slowest stage over its {} micro-batches; communication is what is "
      "not hidden. {} parts that take no time here are left out.",
      answer.estimate.step.micro_batches, empty);
  figure.chart = BarChart{.category = "part", .values = {"time"}, .horizontal = true};
  figure.data.word("part", std::move(names))
      .number("time", "ms", std::move(times))
      .number("share", "%", std::move(shares));
  figure.assumptions = {
      fmt::format("{} of the scenario's settings were filled in; they stand under \"What was "
                  "assumed\"",
                  answer.scenario.assumptions.size())};
  figure.sources = sources.time;
  return figure;
}

/// Compute of each stage over all micro-batches, and what is left of the pipeline's time.
PageFigure stage_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const PipelineShape shape = pipeline_shape(answer);
  const std::vector<StageCost> costs = chunk_costs(answer);
  const Seconds whole = pipeline_time(shape, costs).total;
  const double micro_batches = static_cast<double>(shape.micro_batches);
  std::vector<std::string> names;
  std::vector<double> forward, backward, weight, waiting;
  for (int stage = 0; stage < shape.stages; ++stage) {
    StageCost sum;
    for (std::size_t c = static_cast<std::size_t>(stage); c < costs.size();
         c += static_cast<std::size_t>(shape.stages)) {
      sum.forward += costs[c].forward;
      sum.backward_input += costs[c].backward_input;
      sum.backward_weight += costs[c].backward_weight;
    }
    names.push_back(fmt::format("stage {}", stage + 1));
    forward.push_back(ms(sum.forward * micro_batches));
    backward.push_back(ms(sum.backward_input * micro_batches));
    weight.push_back(ms(sum.backward_weight * micro_batches));
    waiting.push_back(ms(whole) - forward.back() - backward.back() - weight.back());
  }
  PageFigure figure{.id = "stage_time", .title = "Time by pipeline stage"};
  figure.reading = fmt::format(
      "All {} micro-batches on each stage; the rest of the pipeline's {} is waiting and stage "
      "hand-over. Uneven bars are an uneven split of the layers.",
      shape.micro_batches, print_quantity(whole));
  figure.chart = BarChart{.category = "stage",
                          .values = {"forward", "backward, input", "backward, weights", "waiting"},
                          .stacked = true};
  figure.data.word("stage", std::move(names))
      .number("forward", "ms", std::move(forward))
      .number("backward, input", "ms", std::move(backward))
      .number("backward, weights", "ms", std::move(weight))
      .number("waiting", "ms", std::move(waiting));
  figure.assumptions = {
      "Recomputed forward work and exposed exchanges inside a pass belong to that pass."};
  figure.sources = sources.time;
  return figure;
}

/// The tasks of these stages, and what follows them, at the times that the step gives them.
DataTable pipeline_spans(const TrainingAnswer& answer, const TimelineTasks& timeline,
                         const std::set<int>& stages) {
  const StepBreakdown& where = answer.estimate.step.where;
  const double scale = timeline_scale(where);
  const bool hands_over = !answer.scenario.plan.overlap.pipeline;
  Seconds end;
  for (const ScheduledTask& task : timeline.tasks) end = max(end, task.end);
  const std::vector<StepPart> tail = step_end_parts(where, end);
  StageSpans spans;
  for (const int stage : stages) {
    spans.lane(fmt::format("stage {}", stage + 1));
    for (const ScheduledTask& task : timeline.tasks) {
      if (task.device != stage) continue;
      const std::string what =
          fmt::format("micro-batch {}, chunk {}", task.micro_batch + 1, task.chunk + 1);
      spans.add({task.start * scale, task.end * scale, task_words(task.kind), what});
      if (hands_over)
        spans.add({task.end * scale, (task.end + task.send) * scale, "hand-over", what});
    }
    if (timeline.elided_micro_batches > 0)
      spans.add({timeline.elided_from * scale,
                 (timeline.elided_from + timeline.elided_time) * scale, "steady state, not drawn",
                 fmt::format("{} micro-batches", timeline.elided_micro_batches)});
    Seconds at = end * scale;
    for (const StepPart& part : tail) {
      spans.add({at, at + part.time, part.name, "end of the step"});
      at += part.time;
    }
  }
  return spans.take();
}

}  // namespace

PageFigure step_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const StepBreakdown& where = answer.estimate.step.where;
  const StepGroups groups = groups_of(where);
  PageFigure figure{.id = "step_time", .title = "Where a step's time goes"};
  figure.reading = fmt::format(
      "The upper bar is the step: its parts sum to {}. The lower bar is communication that runs "
      "behind compute and costs nothing here: {}.",
      print_quantity(where.total), print_quantity(where.hidden));
  BarChart chart{.category = "bar", .stacked = true, .horizontal = true};
  figure.data.word("bar", {"step", "hidden behind compute"});
  const auto add = [&](std::string name, Seconds on_path, Seconds beside) {
    if (on_path == 0 * second && beside == 0 * second) return;
    if (on_path >= 0 * second) chart.values.push_back(name);
    figure.data.number(std::move(name), "ms", {ms(on_path), ms(beside)});
  };
  add("matrix and attention kernels", groups.matrix, {});
  add("memory-bound kernels", groups.other_compute, {});
  add("recompute", groups.recompute, {});
  add("exposed communication", groups.exposed, {});
  add("pipeline bubble", groups.waiting, {});
  add("optimiser", groups.update, {});
  add("host and offload", groups.host, {});
  add("software maturity", where.software, {});
  add("hidden communication", {}, where.hidden);
  if (where.software < 0 * second)
    figure.reading +=
        fmt::format(" Software of the day runs faster than the bound: {} less than the bar shows.",
                    print_quantity(-where.software));
  figure.chart = std::move(chart);
  figure.assumptions = assumption_sentences(answer.scenario.assumptions);
  figure.sources = sources.time;
  return figure;
}

PageFigure pipeline_figure(const TrainingAnswer& answer, const TrainingSources& sources) {
  const PipelineShape shape = pipeline_shape(answer);
  const TimelineTasks timeline = timeline_tasks(shape, chunk_costs(answer), kMostStageSpans);
  const std::set<int> lanes = shown_stages(shape.stages, timeline.tasks.size());
  PageFigure figure{.id = "pipeline", .title = "One step on the pipeline"};
  figure.reading = fmt::format(
      "Schedule {}: {} through {} of {}.", setting_text(answer.scenario.plan, "schedule"),
      counted_noun(shape.micro_batches, "micro-batch"), counted_noun(shape.stages, "stage"),
      counted_noun(shape.virtual_stages, "chunk"));
  if (timeline.elided_micro_batches > 0)
    figure.reading += fmt::format(" {} micro-batches of the steady state are not drawn.",
                                  timeline.elided_micro_batches);
  if (static_cast<int>(lanes.size()) < shape.stages)
    figure.reading += fmt::format(" {} of {} stages are drawn.", lanes.size(), shape.stages);
  if (shape.overlap_hand_over)
    figure.reading += " Stage hand-overs run beside compute and are not drawn.";
  figure.reading += " --timeline FILE writes all of it for Perfetto.";
  figure.chart = SpanChart{.lane = "stage", .begin = "begin", .end = "end", .kind = "kind"};
  figure.data = pipeline_spans(answer, timeline, lanes);
  figure.assumptions = {
      "A task starts when its device is free and its input has arrived; "
      "hand-overs do not contend for links."};
  if (timeline_scale(answer.estimate.step.where) < 1)
    figure.assumptions.emplace_back(
        "Software of the day runs faster than the bound: every span is shortened alike, so that "
        "the last ends with the step.");
  figure.sources = sources.time;
  return figure;
}

FigureSection time_section(const TrainingAnswer& answer, const TrainingSources& sources) {
  FigureSection section{"Time", {}};
  section.figures.push_back(step_figure(answer, sources));
  section.figures.push_back(time_parts_figure(answer, sources));
  if (answer.scenario.plan.layout.pipeline > 1)
    section.figures.push_back(stage_figure(answer, sources));
  section.figures.push_back(pipeline_figure(answer, sources));
  return section;
}

}  // namespace polyfleet
