// `polyfleet plan serve`: the inference service that meets its latency targets.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

CommandSpec plan_serve_command(AskArguments& arguments);

}  // namespace polyfleet
