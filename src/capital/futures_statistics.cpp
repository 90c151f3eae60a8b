// Percentiles and rank correlations over futures.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "capital/futures.hpp"
#include "sim/running_statistics.hpp"

namespace polyfleet {
namespace {

/// As quantile(), but a percentile between a day and "never" is never.
double day_quantile(const std::vector<double>& sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double share = at - static_cast<double>(below);
  if (share == 0) return sorted[below];
  if (std::isinf(sorted[below + 1])) return sorted[below + 1];
  return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

/// Ranks from 1; ties share their mean.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    const double shared = (static_cast<double>(first + end) + 1) / 2;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = shared;
    first = end;
  }
  return ranks;
}

OutcomeSpread spread_of(std::vector<double> values) {
  OutcomeSpread spread;
  std::sort(values.begin(), values.end());
  RunningStatistics finite;
  for (const double value : values)
    if (std::isfinite(value)) finite.add(value);
  spread.mean = finite.mean();
  spread.never = 1 - static_cast<double>(finite.count()) / static_cast<double>(values.size());
  spread.p5 = day_quantile(values, 0.05);
  spread.p25 = day_quantile(values, 0.25);
  spread.p50 = day_quantile(values, 0.5);
  spread.p75 = day_quantile(values, 0.75);
  spread.p95 = day_quantile(values, 0.95);
  return spread;
}

}  // namespace

std::vector<OutcomeSpread> outcome_spreads(const Futures& futures) {
  POLYFLEET_CHECK(futures.done > 0, "percentiles of no future");
  std::vector<OutcomeSpread> spreads;
  for (std::size_t i = 0; i < futures.outcomes.size(); ++i) {
    std::vector<double> values;
    for (const std::vector<double>& future : futures.values)
      if (!future.empty()) values.push_back(future[i]);
    spreads.push_back(spread_of(std::move(values)));
  }
  return spreads;
}

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  POLYFLEET_CHECK(a.size() == b.size(), "ranks of pairs");
  if (a.size() < 2) return 0;
  const std::vector<double> x = ranks_of(a), y = ranks_of(b);
  const double middle = (static_cast<double>(a.size()) + 1) / 2;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    xx += (x[i] - middle) * (x[i] - middle);
    yy += (y[i] - middle) * (y[i] - middle);
    xy += (x[i] - middle) * (y[i] - middle);
  }
  return xx == 0 || yy == 0 ? 0 : xy / std::sqrt(xx * yy);
}

std::vector<double> input_correlations(const Futures& futures, int outcome) {
  std::vector<double> values;
  for (const std::vector<double>& future : futures.values)
    if (!future.empty()) values.push_back(future[static_cast<std::size_t>(outcome)]);
  std::vector<double> correlations;
  for (std::size_t input = 0; input < futures.inputs.size(); ++input) {
    std::vector<double> drawn;
    for (std::size_t i = 0; i < futures.values.size(); ++i)
      if (!futures.values[i].empty()) drawn.push_back(futures.drawn[i][input]);
    correlations.push_back(rank_correlation(drawn, values));
  }
  return correlations;
}

}  // namespace polyfleet
