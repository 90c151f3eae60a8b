#include <algorithm>
#include <cmath>

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

namespace {

/// The divisor of `ranks` nearest below its k-th root or, where that is 1, the smallest above, that
/// fits an axis; 1 where there is none.
int even_side(long ranks, double axes_left, int bound) {
  const auto root = static_cast<long>(std::lround(std::pow(ranks, 1 / axes_left)));
  for (long side = std::min<long>(root, bound); side > 1; --side) {
    if (ranks % side == 0) return static_cast<int>(side);
  }
  return 1;
}

}  // namespace

TorusSlice torus_slice(std::span<const int> dims, double ranks) {
  TorusSlice slice;
  constexpr int kUnbounded = 1 << 20;
  const std::size_t all = dims.empty() ? 2 : std::min(dims.size(), slice.axes.size());
  auto left = static_cast<long>(std::ceil(ranks));
  for (std::size_t i = 0; i < all; ++i) {
    const int bound = dims.empty() ? kUnbounded : dims[i];
    const bool last = i + 1 == all;
    const int side =
        last ? static_cast<int>(left) : even_side(left, static_cast<double>(all - i), bound);
    slice.axes[i] = side;
    left /= side;
    slice.share_of_links += side > 1 ? 1.0 / static_cast<double>(all) : 0;
  }
  slice.count = all;
  return slice;
}

}  // namespace polyfleet
