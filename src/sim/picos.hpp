// The clock of serving: integer picoseconds. One context token adds nanoseconds to a decode step,
// so nanoseconds are too coarse to sum; integers make skipping ahead exact. Covers 106 days;
// converting a longer time is a bug (readers of traces refuse it first).
#pragma once

#include <cstdint>
#include <limits>

#include "base/check.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Simulated time or a span of it, in picoseconds.
using Picos = std::int64_t;

inline constexpr double kPicosPerSecond = 1e12;
inline constexpr Picos kNever = std::numeric_limits<Picos>::max();
/// The longest time that a simulation covers: 100 days.
inline constexpr Seconds kLongestSimulation = 100 * day;

/// To the nearest picosecond.
inline Picos picos_of(Seconds time) {
  const double picos = time / second * kPicosPerSecond;
  constexpr double kMost = 9.2e18;
  POLYFLEET_CHECK(picos > -kMost && picos < kMost, "a simulated time beyond 106 days");
  return static_cast<Picos>(picos < 0 ? picos - 0.5 : picos + 0.5);
}
inline Seconds seconds_of_picos(Picos picos) {
  return static_cast<double>(picos) / kPicosPerSecond * second;
}

}  // namespace polyfleet
