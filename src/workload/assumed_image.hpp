// The image that a vision tower is counted for where nothing says which.
#pragma once

#include <cstdint>

namespace polyfleet {

/// Pixels a side where neither the model's file nor the tower fixes one (dynamic resolution:
/// Qwen-VL, Kimi-VL).
inline constexpr std::int64_t kAssumedImageSide = 1024;

}  // namespace polyfleet
