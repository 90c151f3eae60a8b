#include <csignal>
#include <cstdio>
#include <exception>

#include "base/broken_contract.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed reader must not keep a run from being kept
  try {
    const int code = polyfleet::run_command_line(argc, argv);
    return polyfleet::output_arrived() ? code : polyfleet::kExitInternal;
  } catch (const polyfleet::BrokenContract& bug) {
    std::fprintf(stderr, "%s\n", bug.what());
    return polyfleet::kExitInternal;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "internal error: %s\nplease report this with the command that led here\n",
                 error.what());
    return polyfleet::kExitInternal;
  }
}
