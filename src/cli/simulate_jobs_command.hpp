// `polyfleet simulate jobs`: a cluster that runs a trace of jobs.
#pragma once

#include "cli/ask_command.hpp"

namespace polyfleet {

CommandSpec simulate_jobs_command(AskArguments& arguments);

}  // namespace polyfleet
