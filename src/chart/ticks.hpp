// Ticks at round numbers. Linear: steps of 1, 2 or 5 times a power of ten (P. Heckbert, Nice
// Numbers for Graph Labels, Graphics Gems, 1990). Logarithmic: decades, with 2 and 5 where there is
// room. Dates: years, quarters, months, days or hours.
#pragma once

#include <string>
#include <vector>

namespace polyfleet {

struct Tick {
  double value = 0;
  std::string label;
};

struct TickedRange {
  double low = 0, high = 1;  ///< the range asked for, grown to round ends
  std::vector<Tick> ticks;   ///< within it, ascending
  /// Values are shown divided by `factor`; `unit` says so: "MW", "billion USD".
  double factor = 1;
  std::string unit;
};

/// Preconditions of all: finite, low <= high. `most`: about how many ticks there is room for.
TickedRange linear_ticks(double low, double high, const std::string& unit, int most);
/// Also 0 < low. Ends grow to 1, 2 or 5 times a power of ten.
TickedRange log_ticks(double low, double high, const std::string& unit, int most);
/// Days since 1970-01-01; the ends stay as they are.
TickedRange date_ticks(double low, double high, int most);

}  // namespace polyfleet
