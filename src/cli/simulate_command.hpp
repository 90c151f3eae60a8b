// `polyfleet simulate serve`: an inference service request by request.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

/// Shown under the help of `simulate` and of `simulate serve`.
extern const char kSimulateExamples[];

CommandSpec simulate_serve_command(AskArguments& arguments);

}  // namespace polyfleet
