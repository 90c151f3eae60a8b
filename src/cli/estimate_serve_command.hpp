// `polyfleet estimate serve`: the steady state of one replica of an inference engine.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

CommandSpec estimate_serve_command(AskArguments& arguments);

}  // namespace polyfleet
