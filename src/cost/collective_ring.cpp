#include "cost/collective_algorithms.hpp"

namespace polyfleet {

CollectiveShape ring_shape(CollectiveKind kind, double ranks) {
  if (ranks <= 1) return {0, 0};
  const double pass = ranks - 1;
  const double share = pass / ranks;
  switch (kind) {
    case CollectiveKind::all_reduce:
      return {2 * pass, 2 * share};
    case CollectiveKind::reduce_scatter:
    case CollectiveKind::all_gather:
      return {pass, share};
    case CollectiveKind::broadcast:
      return {pass, 1};
    case CollectiveKind::send_recv:
      return {1, 1};
    case CollectiveKind::all_to_all:
      // Relayed both ways round: the mean distance is n/4 hops over two links.
      return {pass, share * ranks / 4};
  }
  return {};
}

}  // namespace polyfleet
