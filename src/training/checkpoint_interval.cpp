#include "training/checkpoint_interval.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

Seconds young_interval(Seconds blocking, Seconds mean_time_between) {
  return std::sqrt(2 * (blocking / second) * (mean_time_between / second)) * second;
}

Seconds daly_interval(Seconds blocking, Seconds mean_time_between) {
  const double x = blocking / (2 * mean_time_between);
  if (x >= 1) return mean_time_between;
  const double series = 1 + std::sqrt(x) / 3 + x / 9;
  return young_interval(blocking, mean_time_between) * series - blocking;
}

Seconds exact_interval(Seconds blocking, Seconds mean_time_between) {
  // With u = t / M and x = w / M the derivative vanishes where log(1 - u) + u + x = 0. The left
  // side falls from x at u = 0; as log(1 - u) + u <= -u^2 / 2 the root is not above sqrt(2 x).
  const double x = blocking / mean_time_between;
  double low = 0, high = std::min(1.0, std::sqrt(2 * x));
  constexpr int kHalvings = 200;  // beyond the last bit of a double
  for (int i = 0; i < kHalvings; ++i) {
    const double u = (low + high) / 2;
    (std::log1p(-u) + u + x > 0 ? low : high) = u;
  }
  return mean_time_between * high;
}

IntervalChoice choose_interval(Seconds blocking, Seconds background, Seconds step,
                               Seconds mean_time_between) {
  IntervalChoice choice;
  choice.young = young_interval(blocking, mean_time_between);
  choice.daly = daly_interval(blocking, mean_time_between);
  choice.exact = exact_interval(blocking, mean_time_between);
  choice.held_by_write = background > choice.exact;
  // Unimodal: the best whole number of steps is beside the optimum.
  const double fewest = std::max(1.0, std::ceil(background / step));
  const double below = std::max(fewest, std::floor(choice.exact / step));
  const auto relative_time = [&](double steps) {
    return std::expm1((steps * step + blocking) / mean_time_between) / steps;
  };
  choice.steps = relative_time(below) <= relative_time(below + 1) ? below : below + 1;
  choice.chosen = choice.steps * step;
  return choice;
}

}  // namespace polyfleet
