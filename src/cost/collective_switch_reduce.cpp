#include "cost/collective_algorithms.hpp"

namespace polyfleet {

CollectiveShape switch_reduce_shape(CollectiveKind kind, double ranks) {
  if (ranks <= 1) return {0, 0};
  switch (kind) {
    case CollectiveKind::all_reduce:
      return {1, 1 + 1 / ranks};
    case CollectiveKind::reduce_scatter:
    case CollectiveKind::all_gather:
      return {1, (ranks - 1) / ranks};
    case CollectiveKind::broadcast:
      return {1, 1};
    default:
      return {};
  }
}

}  // namespace polyfleet
