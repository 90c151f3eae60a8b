// Every row of a training validation as CSV: prediction, interval, what was assumed, and where the
// predicted time goes, so that an error can be traced to a term outside the program.
#pragma once

#include <string>

#include "validation/train_validation.hpp"

namespace polyfleet {

/// One line per row of the table; skipped rows follow with their reason and empty figures. Times in
/// seconds.
std::string train_rows_csv(const TrainValidation& validation);

}  // namespace polyfleet
