#include <CLI/CLI.hpp>

#include "cli/commands.hpp"

namespace polyfleet {

int run_command_line(int argc, char** argv) {
  CLI::App app("polyfleet: plan, predict and prove AI training on any vendor's accelerators");
  app.set_version_flag("--version", POLYFLEET_VERSION);
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return 0;
}

}  // namespace polyfleet
