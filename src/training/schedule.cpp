#include "training/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "training/event_schedule.hpp"
#include "training/schedule_waves.hpp"

namespace polyfleet {
namespace {

enum class HandOver { free, as_given };

bool splits_weight(Schedule schedule) {
  return schedule == Schedule::zero_bubble || schedule == Schedule::dual_pipe;
}

std::vector<WaveStage> wave_stages(const PipelineShape& shape, std::span<const StageCost> costs,
                                   HandOver hand_over) {
  std::vector<WaveStage> stages(costs.size());
  for (std::size_t i = 0; i < costs.size(); ++i) {
    WaveStage& stage = stages[i];
    stage.forward = costs[i].forward.base();
    stage.backward = costs[i].backward_input.base();
    (splits_weight(shape.schedule) ? stage.weight : stage.backward) +=
        costs[i].backward_weight.base();
    if (hand_over == HandOver::free) continue;
    const double forward = i + 1 == costs.size() ? 0 : costs[i].send_forward.base();
    const double backward = i == 0 ? 0 : costs[i].send_backward.base();
    (shape.overlap_hand_over ? stage.forward_flight : stage.forward) += forward;
    (shape.overlap_hand_over ? stage.backward_flight : stage.backward) += backward;
  }
  return stages;
}

/// Work of the busiest pair of DualPipe stages for two micro-batches.
double busiest_pair(const PipelineShape& shape, std::span<const StageCost> costs) {
  const auto work = [&](std::size_t i) {
    const StageCost& cost = costs[i];
    Seconds sum = cost.forward + cost.backward_input + cost.backward_weight;
    if (!shape.overlap_hand_over && i + 1 < costs.size()) sum += cost.send_forward;
    if (!shape.overlap_hand_over && i > 0) sum += cost.send_backward;
    return sum.base();
  };
  double most = 0;
  for (std::size_t i = 0; i < costs.size(); ++i)
    most = std::max(most, work(i) + work(costs.size() - 1 - i));
  return most;
}

/// DualPipe by events. With many micro-batches, once the step grows by exactly the busiest pair's
/// work for four pairs of micro-batches on end, that pair never waits again and the rest is
/// proportional; where another pace rules (uneven stages with long flights), every event is run.
double dual_pipe_makespan(PipelineShape shape, std::span<const StageCost> costs,
                          HandOver hand_over) {
  std::vector<StageCost> own(costs.begin(), costs.end());
  if (hand_over == HandOver::free) {
    for (StageCost& cost : own) cost.send_forward = cost.send_backward = 0 * second;
  }
  constexpr double kRounding = 1e-11;
  constexpr int kPairs = 4;
  const double most = busiest_pair(shape, own);
  const std::int64_t wanted = shape.micro_batches;
  for (std::int64_t enough = 4 * shape.stages; enough + 2 * kPairs < wanted; enough *= 2) {
    shape.micro_batches = enough;
    double previous = event_makespan(shape, own).base();
    int held = 0;
    for (; held < kPairs; ++held) {
      shape.micro_batches += 2;
      const double now = event_makespan(shape, own).base();
      if (std::abs(now - previous - most) > kRounding * now) break;
      previous = now;
    }
    if (held == kPairs)
      return previous + most * static_cast<double>((wanted - shape.micro_batches) / 2);
  }
  shape.micro_batches = wanted;
  return event_makespan(shape, own).base();
}

double makespan(const PipelineShape& shape, std::span<const StageCost> costs, HandOver hand_over) {
  if (shape.schedule == Schedule::dual_pipe) return dual_pipe_makespan(shape, costs, hand_over);
  const std::vector<WaveStage> stages = wave_stages(shape, costs, hand_over);
  switch (shape.schedule) {
    case Schedule::gpipe:
      return gpipe_makespan(stages, shape.micro_batches);
    case Schedule::interleaved:
      if (shape.virtual_stages > 1) {
        if (shape.micro_batches >= shape.stages)
          return interleaved_makespan(stages, shape.stages, shape.micro_batches);
        if (hand_over == HandOver::as_given) return event_makespan(shape, costs).base();
        std::vector<StageCost> own(costs.begin(), costs.end());
        for (StageCost& cost : own) cost.send_forward = cost.send_backward = 0 * second;
        return event_makespan(shape, own).base();
      }
      return alternating_makespan(stages, shape.micro_batches, false);
    case Schedule::one_forward_one_backward:
      return alternating_makespan(stages, shape.micro_batches, false);
    case Schedule::zero_bubble:
    case Schedule::dual_pipe:
      break;
  }
  return alternating_makespan(stages, shape.micro_batches, true);
}

bool all_equal(std::span<const StageCost> costs) {
  return std::all_of(costs.begin(), costs.end(), [&](const StageCost& cost) {
    return cost.forward == costs[0].forward && cost.backward_input == costs[0].backward_input &&
           cost.backward_weight == costs[0].backward_weight;
  });
}

/// Shapes for which closed_form is the exact schedule whatever f, b and w are.
bool closed_form_is_exact(const PipelineShape& shape) {
  switch (shape.schedule) {
    case Schedule::gpipe:
    case Schedule::one_forward_one_backward:
      return true;
    case Schedule::interleaved:
      return shape.virtual_stages == 1 || shape.micro_batches % shape.stages == 0;
    case Schedule::zero_bubble:
    case Schedule::dual_pipe:
      return false;
  }
  return false;
}

Seconds busiest_device(const PipelineShape& shape, std::span<const StageCost> costs) {
  Seconds most;
  const auto p = static_cast<std::size_t>(shape.stages);
  for (std::size_t device = 0; device < p; ++device) {
    Seconds own;
    for (std::size_t c = device; c < costs.size(); c += p)
      own += costs[c].forward + costs[c].backward_input + costs[c].backward_weight;
    if (shape.schedule == Schedule::dual_pipe) {
      const StageCost& other = costs[p - 1 - device];
      own = (own + other.forward + other.backward_input + other.backward_weight) / 2;
    }
    most = max(most, own);
  }
  return most * static_cast<double>(shape.micro_batches);
}

}  // namespace

std::string_view name_of(TaskKind kind) {
  switch (kind) {
    case TaskKind::forward:
      return "forward";
    case TaskKind::backward:
      return "backward";
    case TaskKind::backward_input:
      return "backward input";
    case TaskKind::backward_weight:
      return "backward weight";
  }
  return "";
}

std::optional<std::string> schedule_problem(const PipelineShape& shape) {
  if (shape.stages < 1) return "a pipeline needs at least one stage";
  if (shape.virtual_stages < 1) return "virtual stages must be at least 1";
  if (shape.micro_batches < 1) return "a step needs at least one micro-batch";
  if (shape.virtual_stages > 1 && shape.schedule != Schedule::interleaved)
    return "virtual stages belong to the interleaved schedule only";
  if (shape.schedule != Schedule::dual_pipe) return std::nullopt;
  if (shape.stages % 2 != 0) return "DualPipe needs an even number of stages";
  if (shape.micro_batches % 2 != 0) return "DualPipe needs an even number of micro-batches";
  if (shape.micro_batches < 2 * shape.stages)
    return fmt::format(
        "DualPipe needs at least twice as many micro-batches as stages ({} < 2 x {})",
        shape.micro_batches, shape.stages);
  return std::nullopt;
}

Seconds closed_form(const PipelineShape& shape, const StageCost& each) {
  const double m = static_cast<double>(shape.micro_batches);
  const double p = shape.stages;
  const Seconds f = each.forward, b = each.backward_input, w = each.backward_weight;
  switch (shape.schedule) {
    case Schedule::gpipe:
    case Schedule::one_forward_one_backward:
      return (m + p - 1) * (f + b + w);
    case Schedule::interleaved:
      return (m * shape.virtual_stages + p - 1) * (f + b + w);
    case Schedule::zero_bubble:
      return m * (f + b + w) + (p - 1) * (f + b - w);
    case Schedule::dual_pipe:
      return m * (f + b + w) + (p / 2 - 1) * ((f + b + w) + (b + w) - 3 * w);
  }
  return {};
}

PipelineTime pipeline_time(const PipelineShape& shape, std::span<const StageCost> costs) {
  POLYFLEET_CHECK(!schedule_problem(shape), "no such schedule: ask schedule_problem first");
  POLYFLEET_CHECK(costs.size() == shape.chunks(), "one cost for each chunk");
  PipelineTime time;
  time.busy_of_slowest = busiest_device(shape, costs);
  if (costs.size() == 1) {
    time.total = time.busy_of_slowest;
    return time;
  }
  bool sends = false;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    sends |= i + 1 < costs.size() && costs[i].send_forward > 0 * second;
    sends |= i > 0 && costs[i].send_backward > 0 * second;
  }
  const Seconds without = closed_form_is_exact(shape) && all_equal(costs)
                              ? closed_form(shape, costs[0])
                              : Seconds::from_base(makespan(shape, costs, HandOver::free));
  time.total = sends ? Seconds::from_base(makespan(shape, costs, HandOver::as_given)) : without;
  time.bubble = without - time.busy_of_slowest;
  time.exposed_hand_over = time.total - without;
  return time;
}

std::vector<ScheduledTask> pipeline_tasks(const PipelineShape& shape,
                                          std::span<const StageCost> costs) {
  POLYFLEET_CHECK(!schedule_problem(shape), "no such schedule: ask schedule_problem first");
  POLYFLEET_CHECK(costs.size() == shape.chunks(), "one cost for each chunk");
  return run_events(shape, costs);
}

double micro_batches_in_flight(const PipelineShape& shape, int stage) {
  const std::int64_t m = shape.micro_batches, p = shape.stages, v = shape.virtual_stages;
  switch (shape.schedule) {
    case Schedule::gpipe:
      return static_cast<double>(m);
    case Schedule::one_forward_one_backward:
      return static_cast<double>(std::min(p - stage, m));
    case Schedule::interleaved: {
      if (v == 1) return static_cast<double>(std::min(p - stage, m));
      if (m < p) return static_cast<double>(m);
      const std::int64_t ahead = 2 * (p - stage - 1) + (v - 1) * interleaved_group(shape.stages, m);
      return static_cast<double>(std::min(ahead + 1, v * m)) / static_cast<double>(v);
    }
    case Schedule::zero_bubble:
      return static_cast<double>(std::min(p, m));
    case Schedule::dual_pipe:
      return static_cast<double>(p + 1);
  }
  return 0;
}

double logits_in_flight(const PipelineShape& shape) {
  return shape.schedule == Schedule::gpipe ? static_cast<double>(shape.micro_batches) : 1;
}

}  // namespace polyfleet
