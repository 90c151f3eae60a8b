// `polyfleet estimate run` and `polyfleet plan size`.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

CommandSpec estimate_run_command(AskArguments& arguments);
CommandSpec plan_size_command(AskArguments& arguments);

}  // namespace polyfleet
