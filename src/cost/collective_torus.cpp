#include <algorithm>

#include "cost/collective_algorithms.hpp"

namespace polyfleet {

CollectiveShape torus_shape(CollectiveKind kind, std::span<const int> axes) {
  double ranks = 1;
  double steps = 0;
  double longest = 1;
  double used = 0;
  for (const int length : axes) {
    if (length <= 1) continue;
    ranks *= length;
    steps += length / 2;  // both ways round the ring of an axis
    longest = std::max<double>(longest, length);
    used += 1;
  }
  if (ranks <= 1) return {0, 0};
  const double share = (ranks - 1) / ranks;
  switch (kind) {
    case CollectiveKind::all_reduce:
      return {2 * steps, 2 * share};
    case CollectiveKind::reduce_scatter:
    case CollectiveKind::all_gather:
      return {steps, share};
    case CollectiveKind::broadcast:
      return {steps, 1};
    case CollectiveKind::send_recv:
      return {1, 2 * used};  // a neighbour is reached over one link of 2 * used
    case CollectiveKind::all_to_all:
      // Mean distance on an axis of length d is d/4, over the two of 2 * used links that it owns.
      return {steps, longest * used / 4};
  }
  return {};
}

}  // namespace polyfleet
