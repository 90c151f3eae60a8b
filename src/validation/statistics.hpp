// Error statistics as every validation reports them: absolute and signed relative errors,
// quantiles, coverage of intervals, overall and by group. Quantiles interpolate linearly between
// order statistics.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace polyfleet {

/// One prediction beside its measurement, in any common unit.
struct Prediction {
  std::string id, source, vendor, accelerator, model;
  double measured = 0;
  double predicted = 0;
  double low = 0, high = 0;  ///< 80 % interval
  double error() const { return predicted / measured - 1; }
};

struct ErrorStatistics {
  std::size_t rows = 0;  ///< all rows of the group, predicted or skipped
  std::size_t predicted = 0;
  double median_ape = 0;  ///< of |predicted / measured - 1|
  double p90_ape = 0;
  double median_bias = 0;  ///< of predicted / measured - 1
  double coverage80 = 0;   ///< share of measurements inside their interval
};

/// Quantile q in [0, 1] of unsorted values; 0 for none.
double quantile(std::vector<double> values, double q);

/// Statistics over all predictions; `rows` equals `predicted`.
ErrorStatistics statistics_of(const std::vector<Prediction>& predictions);

/// Groups by a key and computes each group's statistics; `rows` counts predicted ones only.
std::map<std::string, ErrorStatistics> statistics_by(
    const std::vector<Prediction>& predictions,
    const std::function<std::string(const Prediction&)>& key);

/// One vote per source: the median over sources of each source's median absolute error.
double source_median_ape(const std::vector<Prediction>& predictions);

}  // namespace polyfleet
