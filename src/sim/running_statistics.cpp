#include "sim/running_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.hpp"

namespace polyfleet {

void RunningStatistics::add(double value) {
  least_ = count_ == 0 ? value : std::min(least_, value);
  greatest_ = count_ == 0 ? value : std::max(greatest_, value);
  ++count_;
  const double step = value - mean_;
  mean_ += step / static_cast<double>(count_);
  squares_ += step * (value - mean_);
}

void RunningStatistics::merge(const RunningStatistics& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  const double own = static_cast<double>(count_), its = static_cast<double>(other.count_);
  const double step = other.mean_ - mean_;
  mean_ += step * its / (own + its);
  squares_ += other.squares_ + step * step * own * its / (own + its);
  count_ += other.count_;
  least_ = std::min(least_, other.least_);
  greatest_ = std::max(greatest_, other.greatest_);
}

double RunningStatistics::variance() const {
  return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1);
}

double RunningStatistics::deviation() const { return std::sqrt(variance()); }

double RunningStatistics::standard_error() const {
  return count_ < 2 ? 0 : std::sqrt(variance() / static_cast<double>(count_));
}

ConfidenceInterval RunningStatistics::interval(double level) const {
  if (count_ < 2) return {mean_, mean_};
  const double half = student_quantile(level, static_cast<double>(count_ - 1)) * standard_error();
  return {mean_ - half, mean_ + half};
}

double quantile(const std::vector<double>& sorted, double p) {
  POLYFLEET_CHECK(!sorted.empty(), "a quantile of nothing");
  const double place = std::clamp(p, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

double normal_quantile(double p) {
  POLYFLEET_CHECK(p > 0 && p < 1, "a probability outside (0, 1)");
  const double tail = std::min(p, 1 - p);
  double low = 0, high = 40;  // P(Z > 40) is below the smallest double
  for (int i = 0; i < 100 && high - low > 0; ++i) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(middle / std::numbers::sqrt2) > tail ? low : high) = middle;
  }
  return p < 0.5 ? -high : high;
}

double student_quantile(double level, double n) {
  const double p = 1 - level;  // both tails
  constexpr double kHalfPi = std::numbers::pi / 2;
  if (n == 1) return std::cos(p * kHalfPi) / std::sin(p * kHalfPi);
  if (n == 2) return std::sqrt(2 / (p * (2 - p)) - 2);
  // The names and constants of the algorithm.
  const double a = 1 / (n - 0.5), b = 48 / (a * a);
  double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
  const double d = ((94.5 / (b + c) - 3) / b + 1) * std::sqrt(a * kHalfPi) * n;
  double y = std::pow(d * p, 2 / n);
  if (y > 0.05 + a) {
    const double x = normal_quantile(p / 2);
    y = x * x;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = std::expm1(a * y * y);
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) *
            (n + 1) / (n + 2) +
        1 / y;
  }
  return std::sqrt(n * y);
}

}  // namespace polyfleet
