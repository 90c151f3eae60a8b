#include "cli/simulate_fleet_command.hpp"

namespace polyfleet {
namespace {

constexpr char kSimulateFleetExamples[] =
    "Examples:\n"
    "  polyfleet simulate fleet scenarios/fleet/small.toml\n"
    "  polyfleet simulate fleet scenarios/fleet/as_of_2026_11.toml --futures 200 --resume "
    "futures.store\n"
    "  polyfleet simulate fleet small.toml --set workload.chat.must=true --csv results --hourly\n"
    "  polyfleet simulate fleet small.toml --tornado --tree --report fleet.html\n"
    "Exit code 1: demand that must be met is not; 130: interrupted, with the report so far (the "
    "same --resume goes on there).";

}  // namespace

CommandSpec simulate_fleet_command(AskArguments& arguments) {
  return ask_command("simulate fleet", arguments, kSimulateFleetExamples,
                     {set_option(arguments.settings,
                                 "any key of the scenario, entries of lists by id or place: --set "
                                 "workload.chat.must=true")});
}

}  // namespace polyfleet
