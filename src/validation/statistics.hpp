// How far predictions are from measurements: per group of rows and with one vote per source.
// ape = |predicted / measured - 1|, as a fraction; bias = median of predicted / measured - 1;
// coverage80 = share of measurements inside the 80 % interval. Medians of an even count are the
// mean of the middle two; the 90th percentile is the nearest rank.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

/// One predicted row. Times in seconds; low and high bound the 80 % interval.
struct PredictedRow {
  std::string id, source, vendor, accelerator, model;
  double measured = 0, predicted = 0, low = 0, high = 0;
  std::string quantity = {};  ///< what was measured, where a table holds several: "tpot"
  std::string unit = {};      ///< of the row, where its table has several

  /// predicted / measured - 1: negative when the prediction is too fast.
  double error() const { return predicted / measured - 1; }
};

using Prediction = PredictedRow;

/// A row that was left out, and why.
/// Why a row was skipped that nothing else speaks against.
inline constexpr std::string_view kStoppedBefore = "stopped before it was predicted";

struct SkippedRow {
  std::string id, source, vendor, accelerator, model, reason;
};

struct ErrorSummary {
  std::size_t rows = 0;  ///< of the group, skipped ones included
  std::size_t predicted = 0;
  double median_ape = 0, p90_ape = 0, median_bias = 0, coverage80 = 0;  ///< 0 when none predicted
};

struct ValidationSummary {
  ErrorSummary overall;
  double source_median_ape = 0;  ///< median over sources of each source's median ape
  std::map<std::string, ErrorSummary> by_vendor, by_accelerator, by_source, by_model;
  std::map<std::string, std::size_t> skipped;  ///< reason -> rows
};

double median_of(std::vector<double> values);
/// The smallest value with at least `share` of the values at or below it.
double percentile_of(std::vector<double> values, double share);

ErrorSummary summarise(const std::vector<PredictedRow>& predicted, std::size_t rows);
ValidationSummary summarise_all(const std::vector<PredictedRow>& predicted,
                                const std::vector<SkippedRow>& skipped);

}  // namespace polyfleet
