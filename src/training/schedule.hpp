// Pipeline schedules: how long one step's micro-batches take to pass p stages, which task runs
// when, and how many micro-batches a stage holds meanwhile. GPipe (arXiv:1811.06965), 1F1B
// (arXiv:2104.04473), interleaved 1F1B (same), ZB-H1 (arXiv:2401.10241), DualPipe
// (arXiv:2412.19437 and its published scheduler). A task starts when its device is free and its
// input has arrived; hand-over either holds the sender (blocking) or travels beside compute, where
// it delays only the receiver. Wrong where links are shared: hand-overs do not contend.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "training/plan.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// One micro-batch through one (virtual) stage. A send time is that of the hand-over out of this
/// stage: forward to the next, backward to the previous; those of the two ends are ignored.
struct StageCost {
  Seconds forward;
  Seconds backward_input;   ///< with recompute
  Seconds backward_weight;  ///< only zero-bubble and DualPipe run it apart
  Seconds send_forward;
  Seconds send_backward;
};

struct PipelineShape {
  Schedule schedule = Schedule::one_forward_one_backward;
  int stages = 1;
  int virtual_stages = 1;  ///< chunks of layers per device; > 1 only with interleaved
  std::int64_t micro_batches = 1;
  bool overlap_hand_over = false;  ///< sends run beside compute
  std::size_t chunks() const { return static_cast<std::size_t>(stages) * virtual_stages; }
};

/// total = busy_of_slowest + bubble + exposed_hand_over.
struct PipelineTime {
  Seconds total;
  Seconds busy_of_slowest;  ///< compute of the device with the most of it, all micro-batches
  Seconds bubble;           ///< waiting that would remain with free hand-over
  Seconds exposed_hand_over;
};

/// Why this shape has no such schedule (degrees, too few micro-batches), or nothing.
std::optional<std::string> schedule_problem(const PipelineShape& shape);

/// Exact time by the schedule's recurrences; cost is independent of the number of micro-batches
/// once the steady state repeats. `costs` holds stages x virtual_stages entries in model order
/// (chunk c on device c mod stages). Precondition: schedule_problem(shape) is empty.
PipelineTime pipeline_time(const PipelineShape& shape, std::span<const StageCost> costs);

/// The textbook formula for equal stages and free hand-over: (m + p - 1)(f + b) and its kin.
/// Exact for ZB-H1 when w <= f and w <= b, for DualPipe when f = b = w (elsewhere up to 8 % off, as
/// the fixed order then waits otherwise than the formula assumes).
Seconds closed_form(const PipelineShape& shape, const StageCost& each);

enum class TaskKind { forward, backward, backward_input, backward_weight };
std::string_view name_of(TaskKind kind);

struct ScheduledTask {
  TaskKind kind = TaskKind::forward;
  int device = 0;
  int chunk = 0;  ///< model order
  std::int64_t micro_batch = 0;
  Seconds start;
  Seconds end;   ///< of compute
  Seconds send;  ///< hand-over that follows; holds the device unless overlapped
};

/// Every task of the step, by device, in the order in which it runs. m x p x v x 2..3 entries.
std::vector<ScheduledTask> pipeline_tasks(const PipelineShape& shape,
                                          std::span<const StageCost> costs);

/// Most activations that device `stage` holds at once, in micro-batches of its whole share of
/// layers (interleaved: chunks held / v, so not whole). GPipe m; 1F1B min(p - i, m); interleaved
/// ((v-1)p + 2(p-i-1) + 1) / v; ZB-H1 min(p, m) (weights gradients wait, arXiv:2401.10241);
/// DualPipe p + 1 (arXiv:2412.19437 table 2).
double micro_batches_in_flight(const PipelineShape& shape, int stage);

/// Micro-batches whose logits the last stage holds at once: 1, but m in GPipe.
double logits_in_flight(const PipelineShape& shape);

}  // namespace polyfleet
