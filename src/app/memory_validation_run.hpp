// Validation of memory: published footprints of one device against the memory model.
#pragma once

#include "app/validation_run.hpp"

namespace polyfleet {

/// The shipped footprints or request.data. Errors: an unreadable or malformed table.
Result<ValidationAnswer> run_memory_validation(Workspace& workspace,
                                               const ValidationRequest& request);

}  // namespace polyfleet
