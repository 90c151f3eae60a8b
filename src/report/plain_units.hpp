// Plain units in which reports and pages show amounts, and shares as words.
#pragma once

#include <fmt/format.h>

#include <string>

namespace polyfleet {

inline constexpr double kMillion = 1e6;
inline constexpr double kBillion = 1e9;
inline constexpr double kWattsAGigawatt = 1e9;

/// A share of one: "12.3 %".
inline std::string percent_text(double share) { return fmt::format("{:.1f} %", 100 * share); }

}  // namespace polyfleet
