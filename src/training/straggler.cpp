#include "training/straggler.hpp"

#include <cmath>
#include <numbers>

namespace polyfleet {
namespace {

/// log P(Z <= x), accurate in both tails.
double log_normal_cdf(double x) {
  const double tail = 0.5 * std::erfc(std::abs(x) / std::numbers::sqrt2);
  return x > 0 ? std::log1p(-tail) : std::log(tail);
}

}  // namespace

double expected_maximum(double n) {
  // E[max] = integral over x > 0 of 1 - F(x)^n minus that over x < 0 of F(x)^n, by Simpson's rule.
  constexpr double kReach = 12;     // beyond it the integrands vanish for any fleet
  constexpr int kIntervals = 4800;  // even; error below 1e-9 at n = 1e7
  constexpr double kWidth = kReach / kIntervals;
  const auto integrand = [n](double x) {
    return -std::expm1(n * log_normal_cdf(x)) - std::exp(n * log_normal_cdf(-x));
  };
  double sum = 0;
  for (int i = 0; i <= kIntervals; ++i) {
    const double weight = i == 0 || i == kIntervals ? 1 : i % 2 == 1 ? 4 : 2;
    sum += weight * integrand(i * kWidth);
  }
  return sum * kWidth / 3;
}

double straggler_factor(const DeviceJitter& jitter, double devices) {
  const double calibrated = jitter.calibrated_devices.value;
  if (devices <= calibrated) return 1;
  const double spread = jitter.spread.value;
  return (1 + spread * expected_maximum(devices)) / (1 + spread * expected_maximum(calibrated));
}

}  // namespace polyfleet
