// `polyfleet plan fleet`: what to buy, when, where and from whom.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

CommandSpec plan_fleet_command(AskArguments& arguments);

}  // namespace polyfleet
