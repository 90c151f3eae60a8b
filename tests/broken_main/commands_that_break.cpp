// Linked with src/main.cpp instead of the commands: a command line that trips a check of our own,
// in this thread or in one of several (argument `threads`).
#include <string>

#include "base/check.hpp"
#include "base/parallel_work.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace polyfleet {

int run_command_line(int argc, char** argv) {
  const bool spread = argc > 1 && std::string(argv[1]) == "threads";
  const auto work = [](std::size_t i) { POLYFLEET_CHECK(i != 1, "the second piece is done"); };
  do_in_parallel(2, spread ? 2 : 1, nullptr, work);
  return kExitOk;
}

bool output_arrived() { return true; }

}  // namespace polyfleet
