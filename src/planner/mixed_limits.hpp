// What the searches of mixed plans compare with. Inside the room.
#pragma once

#include <limits>

namespace polyfleet {

/// Time, price or memory of what cannot be done, or has no limit.
inline constexpr double kInfinite = std::numeric_limits<double>::infinity();
/// Sums in another order differ by rounding: bounds give way by this share.
inline constexpr double kBoundRounding = 1e-9;

}  // namespace polyfleet
