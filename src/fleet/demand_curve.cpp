#include "fleet/demand_curve.hpp"

#include <algorithm>
#include <cmath>

#include "fleet/fleet_variation.hpp"

namespace polyfleet {
namespace {

/// From one point to the next: exponential, or linear where one of the two is zero.
struct Stretch {
  double from = 0, to = 0;
  bool linear() const { return from <= 0 || to <= 0; }

  /// At a share of the way.
  double at(double share) const {
    return linear() ? from + (to - from) * share : from * std::pow(to / from, share);
  }
  /// Between two shares of the way.
  double mean(double first, double last) const {
    const double low = at(first), high = at(last);
    if (linear()) return (low + high) / 2;
    const double logarithm = std::log(high / low);
    // The quotient loses digits near one; its series there: a (1 + x / 2 + x^2 / 6 ...).
    if (std::abs(logarithm) < 1e-5) return low * (1 + logarithm / 2 + logarithm * logarithm / 6);
    return (high - low) / logarithm;
  }
};

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
    const Stretch stretch{a.per_second, b.per_second};
    sum += stretch.mean((from - a.hour) / length, (to - a.hour) / length) * (to - from);
  }
  return sum / (end - first);
}

double value_at(const FleetWorkload& workload, FleetHour at) {
  return workload.value * grown(1 + workload.value_growth, at);
}

double value_at(const FleetModel& model, int workload, FleetHour at,
                const FleetVariation& variation) {
  return value_at(model.workloads[static_cast<std::size_t>(workload)], at) *
         grown(varied(variation.value_growth, workload), at);
}

}  // namespace polyfleet
