// Validation of kernel times: published microbenchmarks row by row, and every measured table
// cross-validated by shape and by family of shapes.
#pragma once

#include "app/validation_run.hpp"

namespace polyfleet {

/// With request.data: that file alone. Errors: an unreadable or malformed table.
Result<ValidationAnswer> run_kernel_validation(Workspace& workspace,
                                               const ValidationRequest& request);

}  // namespace polyfleet
