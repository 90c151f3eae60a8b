// DualPipe (DeepSeek-V3, arXiv:2412.19437, figure 5; order as in the published scheduler
// github.com/deepseek-ai/DualPipe): micro-batches enter at both ends, device i holds stages i and
// p - 1 - i, and a forward of one direction runs as one block with a backward of the other. What
// that block hides of its own communication is in the costs handed in.
#include "training/event_schedule.hpp"

namespace polyfleet {
namespace {

/// Builds one device's order. Phase 0 is the direction that enters at the device's own end.
class DualPipeOrder {
 public:
  DualPipeOrder(const PipelineShape& shape, int device)
      : p_(shape.stages),
        half_(shape.micro_batches / 2),
        device_(device),
        second_half_(device >= p_ / 2),
        rank_(second_half_ ? p_ - 1 - device : device) {
    order_.reserve(static_cast<std::size_t>(4 * half_ + 4 * p_));
  }

  DeviceOrder build() {
    const std::int64_t inner = p_ / 2 - rank_ - 1;
    for (std::int64_t i = 0; i < 2 * inner; ++i) forward(0);
    for (std::int64_t i = 0; i <= rank_; ++i) {
      forward(0);
      forward(1);
    }
    for (std::int64_t i = 0; i < inner; ++i) {
      backward_input(1);
      weight();
      forward(1);
    }
    steady(inner);
    for (std::int64_t i = 0; i < inner; ++i) {
      backward(1);
      joined(1, 0);
    }
    drain(inner);
    return std::move(order_);
  }

 private:
  void steady(std::int64_t inner) {
    for (std::int64_t i = 0; i < half_ - p_ + rank_ + 1; ++i) {
      if (i == 0 && inner == 0) {  // the middle devices keep the first pair apart
        forward(0);
        backward(1);
      } else {
        joined(0, 1);
      }
      joined(1, 0);
    }
  }

  void drain(std::int64_t inner) {
    bool late_weight = false;
    for (std::int64_t i = 0; i <= rank_; ++i) {
      const bool middle = i == (rank_ + 1) / 2;
      if (middle && rank_ % 2 == 1) late_weight = true;
      late_weight ? backward_input(1) : backward(1);
      if (middle && rank_ % 2 == 0) late_weight = true;
      late_weight ? backward_input(0) : backward(0);
    }
    for (std::int64_t i = 0; i < inner; ++i) {
      weight();
      backward_input(0);
    }
    while (next_waiting_ < waiting_.size()) weight();
  }

  /// Direction 0 runs from device 0 up and has the first half of the micro-batches.
  OrderedTask task(TaskKind kind, int phase, std::int64_t count) const {
    const bool reverse = (phase == 1) != second_half_;
    const std::int64_t chunk = reverse ? p_ - 1 - device_ : device_;
    return {kind, static_cast<int>(chunk), reverse ? half_ + count : count};
  }
  void forward(int phase) { order_.push_back(task(TaskKind::forward, phase, forwards_[phase]++)); }
  void backward(int phase) {
    order_.push_back(task(TaskKind::backward, phase, backwards_[phase]++));
  }
  void backward_input(int phase) {
    order_.push_back(task(TaskKind::backward_input, phase, backwards_[phase]++));
    waiting_.push_back(order_.back());
  }
  void weight() {
    order_.push_back(waiting_[next_waiting_++]);
    order_.back().kind = TaskKind::backward_weight;
  }
  void joined(int forward_phase, int backward_phase) {
    forward(forward_phase);
    order_.back().joined = true;
    backward(backward_phase);
  }

  std::int64_t p_, half_, device_;
  bool second_half_;
  std::int64_t rank_;  ///< distance from the nearer end
  std::int64_t forwards_[2] = {0, 0};
  std::int64_t backwards_[2] = {0, 0};
  DeviceOrder waiting_;  ///< backwards whose weight gradient is still to run
  std::size_t next_waiting_ = 0;
  DeviceOrder order_;
};

}  // namespace

DeviceOrder dual_pipe_order(const PipelineShape& shape, int device) {
  return DualPipeOrder(shape, device).build();
}

}  // namespace polyfleet
