#include "validation/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (at - static_cast<double>(below));
}

ErrorStatistics statistics_of(const std::vector<Prediction>& predictions) {
  ErrorStatistics statistics;
  statistics.rows = statistics.predicted = predictions.size();
  std::vector<double> absolute, signed_errors;
  double covered = 0;
  for (const Prediction& prediction : predictions) {
    signed_errors.push_back(prediction.error());
    absolute.push_back(std::abs(prediction.error()));
    if (prediction.low <= prediction.measured && prediction.measured <= prediction.high) ++covered;
  }
  statistics.median_ape = quantile(absolute, 0.5);
  statistics.p90_ape = quantile(absolute, 0.9);
  statistics.median_bias = quantile(signed_errors, 0.5);
  if (!predictions.empty())
    statistics.coverage80 = covered / static_cast<double>(predictions.size());
  return statistics;
}

std::map<std::string, ErrorStatistics> statistics_by(
    const std::vector<Prediction>& predictions,
    const std::function<std::string(const Prediction&)>& key) {
  std::map<std::string, std::vector<Prediction>> groups;
  for (const Prediction& prediction : predictions) groups[key(prediction)].push_back(prediction);
  std::map<std::string, ErrorStatistics> statistics;
  for (const auto& [name, members] : groups) statistics[name] = statistics_of(members);
  return statistics;
}

double source_median_ape(const std::vector<Prediction>& predictions) {
  std::vector<double> medians;
  for (const auto& [source, statistics] :
       statistics_by(predictions, [](const Prediction& p) { return p.source; }))
    medians.push_back(statistics.median_ape);
  return quantile(medians, 0.5);
}

}  // namespace polyfleet
