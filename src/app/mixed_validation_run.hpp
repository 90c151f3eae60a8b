// Validation of mixed pools: published throughput ratios of mixed vendors and generations against
// the mixed step, row by row, with what keeps the others from being set up.
#pragma once

#include "app/validation_run.hpp"
#include "validation/mixed_validation.hpp"

namespace polyfleet {

/// The shipped table or request.data (columns of validation/heterogeneous.csv). Errors: an
/// unreadable or malformed table.
Result<MixedValidation> run_mixed_validation(Workspace& workspace,
                                             const ValidationRequest& request);

}  // namespace polyfleet
