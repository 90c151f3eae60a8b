// GPipe (Huang et al., arXiv:1811.06965): all forward passes, then all backward passes.
#include <algorithm>

#include "training/event_schedule.hpp"
#include "training/schedule_waves.hpp"

namespace polyfleet {

DeviceOrder gpipe_order(const PipelineShape& shape, int device) {
  DeviceOrder order;
  for (std::int64_t k = 0; k < shape.micro_batches; ++k)
    order.push_back({TaskKind::forward, device, k});
  for (std::int64_t k = 0; k < shape.micro_batches; ++k)
    order.push_back({TaskKind::backward, device, k});
  return order;
}

// Each phase is a flow shop of identical jobs with unlimited buffers: its makespan is the sum over
// stages plus (m - 1) times the slowest. The last stage starts backward when it has all forwards.
double gpipe_makespan(const std::vector<WaveStage>& stages, std::int64_t micro_batches) {
  double forward_sum = 0, backward_sum = 0, forward_most = 0, backward_most = 0;
  for (const WaveStage& stage : stages) {
    forward_sum += stage.forward + stage.forward_flight;
    backward_sum += stage.backward + stage.backward_flight;
    forward_most = std::max(forward_most, stage.forward);
    backward_most = std::max(backward_most, stage.backward);
  }
  return forward_sum + backward_sum +
         static_cast<double>(micro_batches - 1) * (forward_most + backward_most);
}

}  // namespace polyfleet
