#include "training/event_schedule.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace polyfleet {
namespace {

class EventRun {
 public:
  EventRun(const PipelineShape& shape, std::span<const StageCost> costs)
      : shape_(shape),
        costs_(costs),
        cells_(costs.size() * static_cast<std::size_t>(shape.micro_batches)),
        forward_(cells_, kNever),
        backward_(cells_, kNever),
        input_(cells_, kNever) {
    for (int device = 0; device < shape.stages; ++device)
      orders_.push_back(device_order(shape, device));
    next_.resize(orders_.size());
    free_.resize(orders_.size());
  }

  std::vector<ScheduledTask> run() {
    keeps_tasks_ = true;
    play();
    std::stable_sort(done_.begin(), done_.end(),
                     [](const auto& a, const auto& b) { return a.device < b.device; });
    return std::move(done_);
  }

  Seconds makespan() {
    play();
    return *std::max_element(free_.begin(), free_.end());
  }

 private:
  void play() {
    for (bool progress = true; progress;) {
      progress = false;
      for (std::size_t device = 0; device < orders_.size(); ++device)
        while (advance(device)) progress = true;
    }
    for (std::size_t device = 0; device < orders_.size(); ++device)
      POLYFLEET_CHECK(next_[device] == orders_[device].size(), "pipeline schedule deadlocks");
  }

  static constexpr Seconds kNever = Seconds::from_base(-1);

  std::size_t cell(int chunk, std::int64_t micro_batch) const {
    return static_cast<std::size_t>(chunk) * static_cast<std::size_t>(shape_.micro_batches) +
           static_cast<std::size_t>(micro_batch);
  }

  /// When the input of a task is there; kNever if not yet known.
  Seconds ready(const OrderedTask& task) const {
    const int last = static_cast<int>(costs_.size()) - 1;
    if (task.kind == TaskKind::forward) {
      return task.chunk == 0 ? 0 * second : forward_[cell(task.chunk - 1, task.micro_batch)];
    }
    const std::size_t own = cell(task.chunk, task.micro_batch);
    if (task.kind == TaskKind::backward_weight) return input_[own];
    if (forward_[own] == kNever) return kNever;
    return task.chunk == last ? 0 * second : backward_[cell(task.chunk + 1, task.micro_batch)];
  }

  Seconds duration(const OrderedTask& task) const {
    const StageCost& cost = costs_[static_cast<std::size_t>(task.chunk)];
    switch (task.kind) {
      case TaskKind::forward:
        return cost.forward;
      case TaskKind::backward:
        return cost.backward_input + cost.backward_weight;
      case TaskKind::backward_input:
        return cost.backward_input;
      case TaskKind::backward_weight:
        return cost.backward_weight;
    }
    return {};
  }

  Seconds send(const OrderedTask& task) const {
    const auto chunk = static_cast<std::size_t>(task.chunk);
    if (task.kind == TaskKind::forward)
      return chunk + 1 == costs_.size() ? 0 * second : costs_[chunk].send_forward;
    if (task.kind == TaskKind::backward_weight || chunk == 0) return 0 * second;
    return costs_[chunk].send_backward;
  }

  void finish(const OrderedTask& task, std::size_t device, Seconds start, Seconds end,
              Seconds available) {
    const std::size_t own = cell(task.chunk, task.micro_batch);
    if (task.kind == TaskKind::forward) {
      forward_[own] = available;
    } else if (task.kind != TaskKind::backward_weight) {
      backward_[own] = available;
      input_[own] = end;
    }
    if (!keeps_tasks_) return;
    done_.push_back({task.kind, static_cast<int>(device), task.chunk, task.micro_batch, start, end,
                     send(task)});
  }

  /// Runs the next task (or joined pair) of a device if its input is there.
  bool advance(std::size_t device) {
    const DeviceOrder& order = orders_[device];
    if (next_[device] == order.size()) return false;
    const OrderedTask& first = order[next_[device]];
    const OrderedTask* second_task = first.joined ? &order[next_[device] + 1] : nullptr;
    Seconds start = ready(first);
    if (start == kNever) return false;
    if (second_task != nullptr) {
      const Seconds other = ready(*second_task);
      if (other == kNever) return false;
      start = max(start, other);
    }
    start = max(start, free_[device]);
    const Seconds middle = start + duration(first);
    const Seconds end = second_task == nullptr ? middle : middle + duration(*second_task);
    Seconds held = send(first);
    if (second_task != nullptr) held += send(*second_task);
    free_[device] = shape_.overlap_hand_over ? end : end + held;
    finish(first, device, start, middle, shape_.overlap_hand_over ? end + send(first) : end + held);
    if (second_task != nullptr)
      finish(*second_task, device, middle, end,
             shape_.overlap_hand_over ? end + send(*second_task) : end + held);
    next_[device] += second_task == nullptr ? 1 : 2;
    return true;
  }

  PipelineShape shape_;
  std::span<const StageCost> costs_;
  std::size_t cells_;
  std::vector<Seconds> forward_, backward_;  ///< when the result reaches the next stage
  std::vector<Seconds> input_;               ///< when the input gradient is done
  std::vector<DeviceOrder> orders_;
  std::vector<std::size_t> next_;
  std::vector<Seconds> free_;
  std::vector<ScheduledTask> done_;
  bool keeps_tasks_ = false;
};

}  // namespace

DeviceOrder device_order(const PipelineShape& shape, int device) {
  switch (shape.schedule) {
    case Schedule::gpipe:
      return gpipe_order(shape, device);
    case Schedule::one_forward_one_backward:
      return one_forward_one_backward_order(shape, device);
    case Schedule::interleaved:
      return interleaved_order(shape, device);
    case Schedule::zero_bubble:
      return zero_bubble_order(shape, device);
    case Schedule::dual_pipe:
      return dual_pipe_order(shape, device);
  }
  return {};
}

std::vector<ScheduledTask> run_events(const PipelineShape& shape,
                                      std::span<const StageCost> costs) {
  return EventRun(shape, costs).run();
}

Seconds event_makespan(const PipelineShape& shape, std::span<const StageCost> costs) {
  return EventRun(shape, costs).makespan();
}

}  // namespace polyfleet
