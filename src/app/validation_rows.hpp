// What the validations of kernels and collectives share: intervals from a log sigma, and the
// counting of rows that were not predicted.
#pragma once

#include <string>

#include "report/validation_report.hpp"

namespace polyfleet {

/// Puts the 80 % interval of a log-normal prediction into the row.
void set_interval(PredictedRow& row, double log_sigma);

/// Counts `count` rows under a reason: as skipped, or, where the row asks for something that this
/// validation is not about, as other rows of the file.
void count_unpredicted(ValidationReport& report, const std::string& reason, std::size_t count,
                       bool is_other);

}  // namespace polyfleet
