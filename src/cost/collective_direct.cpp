#include "cost/collective_algorithms.hpp"

namespace polyfleet {

CollectiveShape direct_shape(CollectiveKind kind, double ranks) {
  if (ranks <= 1) return {0, 0};
  const double share = (ranks - 1) / ranks;
  switch (kind) {
    case CollectiveKind::all_reduce:
      return {2, 2 * share};
    case CollectiveKind::reduce_scatter:
    case CollectiveKind::all_gather:
      return {1, share};
    case CollectiveKind::all_to_all:
      // One message a peer: the step count is the number of messages a rank posts.
      return {ranks - 1, share};
    case CollectiveKind::broadcast:
      // Scatter, then all-gather (van de Geijn).
      return {2, 2 * share};
    case CollectiveKind::send_recv:
      return {1, 1};
  }
  return {};
}

CollectiveShape one_shot_shape(CollectiveKind kind, double ranks) {
  if (ranks <= 1) return {0, 0};
  if (kind != CollectiveKind::all_reduce) return {};
  return {1, ranks - 1};
}

}  // namespace polyfleet
