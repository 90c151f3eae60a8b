#include "cli/run_command.hpp"

namespace polyfleet {

CommandSpec estimate_run_command(AskArguments& arguments) {
  return ask_command(
      "estimate run", arguments,
      "Examples:\n"
      "  polyfleet estimate run scenario.toml --tokens 15e12 --start 2026-12-01\n"
      "  polyfleet estimate run scenario.toml --tokens 15e12 --storage \"2 TB/s\" --async\n"
      "  polyfleet estimate run scenario.toml --tokens 15e12 --checkpoint-write \"60 s\" \\\n"
      "      --spares 8 --simulate 1000 --seed 1\n"
      "Takes every flag of `polyfleet estimate train`. Exit code 1: the plan does not fit in "
      "memory.",
      setting_options(arguments.settings));
}

CommandSpec plan_size_command(AskArguments& arguments) {
  return ask_command(
      "plan size", arguments,
      "Examples:\n"
      "  polyfleet plan size scenario.toml --tokens 15e12 --days 90\n"
      "  polyfleet plan size scenario.toml --tokens 15e12 --power \"50 MW\" --start 2026-12-01\n"
      "  polyfleet plan size scenario.toml --tokens 15e12 --days 90 --power \"20 MW\" --json\n"
      "Exit code 1: no size will do; the nearest is shown.",
      setting_options(arguments.settings));
}

}  // namespace polyfleet
