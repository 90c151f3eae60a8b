// ZB-H1 (Qi et al., arXiv:2401.10241): 1F1B whose backward hands the input gradient on before the
// weight gradient runs; stage i runs weight gradients i micro-batches late, so that they fill the
// drain. Equal stages with w <= f, b wait (p - 1)(f + b - w), a third of 1F1B's. The published
// hand-made order; the paper's search over orders (ZB-H2, ZB-V) is not modelled.
#include <algorithm>

#include "training/event_schedule.hpp"

namespace polyfleet {

DeviceOrder zero_bubble_order(const PipelineShape& shape, int device) {
  const std::int64_t m = shape.micro_batches;
  const std::int64_t ahead = std::min<std::int64_t>(shape.stages - device - 1, m);
  DeviceOrder order;
  for (std::int64_t k = 0; k < ahead; ++k) order.push_back({TaskKind::forward, device, k});
  for (std::int64_t k = 0; k < m; ++k) {
    if (k + ahead < m) order.push_back({TaskKind::forward, device, k + ahead});
    order.push_back({TaskKind::backward_input, device, k});
    if (k >= device) order.push_back({TaskKind::backward_weight, device, k - device});
  }
  for (std::int64_t k = std::max<std::int64_t>(0, m - device); k < m; ++k)
    order.push_back({TaskKind::backward_weight, device, k});
  return order;
}

}  // namespace polyfleet
