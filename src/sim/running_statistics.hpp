// Mean, spread and confidence of simulated values, one at a time (Welford 1962), mergeable (Chan,
// Golub, LeVeque 1979). The interval is Student's: right for the mean of independent runs; wrong
// for values of one run that depend on each other.
#pragma once

#include <cstdint>
#include <vector>

namespace polyfleet {

struct ConfidenceInterval {
  double low = 0;
  double high = 0;
};

class RunningStatistics {
 public:
  void add(double value);
  void merge(const RunningStatistics& other);
  std::int64_t count() const { return count_; }
  double mean() const { return mean_; }
  double variance() const;  ///< unbiased; 0 with fewer than two values
  double deviation() const;
  double standard_error() const;
  double least() const { return least_; }
  double greatest() const { return greatest_; }
  /// Of the mean, at a level such as 0.95. Fewer than two values: the mean itself.
  ConfidenceInterval interval(double level) const;

 private:
  std::int64_t count_ = 0;
  double mean_ = 0, squares_ = 0, least_ = 0, greatest_ = 0;
};

/// The p-quantile of sorted values, linear between neighbours. Precondition: not empty.
double quantile(const std::vector<double>& sorted, double p);
/// x with P(Z <= x) = p for a standard normal Z. Precondition: 0 < p < 1.
double normal_quantile(double p);
/// x with P(|T| <= x) = level for Student's T (Hill, CACM algorithm 396, 1970).
double student_quantile(double level, double degrees_of_freedom);

}  // namespace polyfleet
