#include "app/validation_rows.hpp"

#include <cmath>

namespace polyfleet {
namespace {

/// 80 % of a normal distribution lies within this many standard deviations.
constexpr double kEightyPercent = 1.2815515655446004;
/// These reasons are counted without their rows; their groups stand under this name.
constexpr char kUnattributed[] = "(skipped)";

}  // namespace

void set_interval(PredictedRow& row, double log_sigma) {
  const double factor = std::exp(kEightyPercent * log_sigma);
  row.low = row.predicted / factor;
  row.high = row.predicted * factor;
}

void count_unpredicted(ValidationReport& report, const std::string& reason, std::size_t count,
                       bool is_other) {
  if (is_other) {
    report.other_rows[reason] += count;
    return;
  }
  const SkippedRow row{{}, kUnattributed, kUnattributed, kUnattributed, kUnattributed, reason};
  report.skipped.insert(report.skipped.end(), count, row);
}

}  // namespace polyfleet
