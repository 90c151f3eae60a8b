#include <cmath>

#include "cost/collective_algorithms.hpp"

namespace polyfleet {

CollectiveShape tree_shape(CollectiveKind kind, double ranks) {
  if (ranks <= 1) return {0, 0};
  const double depth = std::ceil(std::log2(ranks));
  switch (kind) {
    case CollectiveKind::all_reduce:
      return {2 * depth, 2};
    case CollectiveKind::broadcast:
      return {depth, 1};
    default:
      return {};
  }
}

}  // namespace polyfleet
