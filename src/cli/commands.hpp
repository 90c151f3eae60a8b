// The command line: one function per command, exit codes 0 ok, 1 infeasible or failed check, 2 bad input, 3 internal.
#pragma once

namespace polyfleet {

/// Parses the arguments, runs the command and returns the process's exit code.
int run_command_line(int argc, char** argv);

}  // namespace polyfleet
