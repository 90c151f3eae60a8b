// The number that stands where a value is not known: tables show it as an empty cell, pictures as
// a gap.
#pragma once

#include <limits>

namespace polyfleet {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace polyfleet
