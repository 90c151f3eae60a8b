// `polyfleet validate serve` and `polyfleet validate requests`: what the command of validations
// hands over to the simulator.
#pragma once

#include "app/workspace.hpp"
#include "cli/commands.hpp"

namespace polyfleet {

/// Both return the exit code.
int run_validate_serve(Workspace& workspace, const ValidateArguments& arguments);
int run_validate_requests(Workspace& workspace, const ValidateArguments& arguments);

}  // namespace polyfleet
