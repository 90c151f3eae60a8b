#include "fleet/demand_curve.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

/// Between two points, at a share of the way.
double between(double from, double to, double share) {
  if (from <= 0 || to <= 0) return from + (to - from) * share;
  return from * std::pow(to / from, share);
}

/// Mean of the curve between two values that it takes at the ends of a stretch.
double mean_between(double from, double to) {
  if (from <= 0 || to <= 0) return (from + to) / 2;
  const double logarithm = std::log(to / from);
  // The quotient loses digits near one; its series there: a (1 + x / 2 + x^2 / 6 ...).
  if (std::abs(logarithm) < 1e-5) return from * (1 + logarithm / 2 + logarithm * logarithm / 6);
  return (to - from) / logarithm;
}

}  // namespace

double mean_demand(const std::vector<DemandPoint>& points, FleetHour first, FleetHour end) {
  if (points.empty()) return 0;
  const FleetHour level_until = std::clamp(points.front().hour, first, end);
  const FleetHour level_from = std::clamp(points.back().hour, first, end);
  double sum = points.front().per_second * (level_until - first) +
               points.back().per_second * (end - level_from);
  for (std::size_t i = 1; i < points.size(); ++i) {
    const DemandPoint &a = points[i - 1], &b = points[i];
    const FleetHour from = std::max(first, a.hour), to = std::min(end, b.hour);
    if (from >= to) continue;
    const double length = b.hour - a.hour;
    const double low = between(a.per_second, b.per_second, (from - a.hour) / length);
    const double high = between(a.per_second, b.per_second, (to - a.hour) / length);
    sum += mean_between(low, high) * (to - from);
  }
  return sum / (end - first);
}

}  // namespace polyfleet
