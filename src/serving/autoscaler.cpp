#include "serving/autoscaler.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

Autoscaler::Autoscaler(const Autoscaling& rules, std::int64_t capacity, int present, Picos now)
    : rules_(rules), capacity_(capacity), wanted_{{now, present}} {}

int Autoscaler::decide(Picos now, std::int64_t load, int present) {
  const double aim = rules_.target_load * static_cast<double>(capacity_);
  const double ratio = std::ceil(static_cast<double>(load) / aim);
  const auto want = static_cast<int>(std::clamp<double>(ratio, rules_.least, rules_.most));
  while (!wanted_.empty() && wanted_.back().second <= want) wanted_.pop_back();
  wanted_.emplace_back(now, want);
  while (now - wanted_.front().first >= rules_.cool_down && wanted_.size() > 1) wanted_.pop_front();
  if (want > present) return want - present;
  return std::min(0, wanted_.front().second - present);
}

}  // namespace polyfleet
