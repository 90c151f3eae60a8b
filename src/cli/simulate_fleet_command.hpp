// `polyfleet simulate fleet`: gigawatts over years, played out.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

CommandSpec simulate_fleet_command(AskArguments& arguments);

}  // namespace polyfleet
