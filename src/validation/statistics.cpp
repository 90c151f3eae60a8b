#include "validation/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

struct Group {
  std::vector<PredictedRow> predicted;
  std::size_t skipped = 0;
};

using Groups = std::map<std::string, Group>;

std::map<std::string, ErrorSummary> summaries(const Groups& groups) {
  std::map<std::string, ErrorSummary> out;
  for (const auto& [name, group] : groups)
    out[name] = summarise(group.predicted, group.predicted.size() + group.skipped);
  return out;
}

template <class Key>
Groups grouped(const std::vector<PredictedRow>& predicted, const std::vector<SkippedRow>& skipped,
               Key key_of) {
  Groups groups;
  for (const PredictedRow& row : predicted) groups[key_of(row)].predicted.push_back(row);
  for (const SkippedRow& row : skipped) ++groups[key_of(row)].skipped;
  return groups;
}

}  // namespace

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double percentile_of(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto index = static_cast<std::size_t>(std::max(1.0, rank)) - 1;
  return values[std::min(index, values.size() - 1)];
}

ErrorSummary summarise(const std::vector<PredictedRow>& predicted, std::size_t rows) {
  ErrorSummary summary;
  summary.rows = rows;
  summary.predicted = predicted.size();
  if (predicted.empty()) return summary;
  std::vector<double> errors, biases;
  std::size_t covered = 0;
  for (const PredictedRow& row : predicted) {
    const double bias = row.error();
    biases.push_back(bias);
    errors.push_back(std::abs(bias));
    covered += row.low <= row.measured && row.measured <= row.high ? 1 : 0;
  }
  summary.median_ape = median_of(errors);
  summary.p90_ape = percentile_of(errors, 0.9);
  summary.median_bias = median_of(biases);
  summary.coverage80 = static_cast<double>(covered) / static_cast<double>(predicted.size());
  return summary;
}

ValidationSummary summarise_all(const std::vector<PredictedRow>& predicted,
                                const std::vector<SkippedRow>& skipped) {
  ValidationSummary all;
  all.overall = summarise(predicted, predicted.size() + skipped.size());
  all.by_vendor = summaries(grouped(predicted, skipped, [](const auto& r) { return r.vendor; }));
  all.by_accelerator =
      summaries(grouped(predicted, skipped, [](const auto& r) { return r.accelerator; }));
  all.by_source = summaries(grouped(predicted, skipped, [](const auto& r) { return r.source; }));
  all.by_model = summaries(grouped(predicted, skipped, [](const auto& r) { return r.model; }));
  for (const SkippedRow& row : skipped) ++all.skipped[row.reason];
  std::vector<double> votes;
  for (const auto& [source, summary] : all.by_source) {
    if (summary.predicted > 0) votes.push_back(summary.median_ape);
  }
  all.source_median_ape = median_of(votes);
  return all;
}

}  // namespace polyfleet
