#include "cli/plan_fleet_command.hpp"

namespace polyfleet {
namespace {

constexpr char kPlanFleetExamples[] =
    "Examples:\n"
    "  polyfleet plan fleet scenarios/fleet/small.toml\n"
    "  polyfleet plan fleet scenarios/fleet/small.toml --set plan.meet=worthwhile --csv results\n"
    "  polyfleet plan fleet scenarios/fleet/as_of_november_2026.toml --diversify\n"
    "  polyfleet plan fleet scenarios/fleet/as_of_november_2026.toml --front 2028-06-30 --json\n"
    "Exit code 1: demand that must be met cannot be; 130: interrupted, with the report so far.";

}  // namespace

CommandSpec plan_fleet_command(AskArguments& arguments) {
  return ask_command(
      "plan fleet", arguments, kPlanFleetExamples,
      {set_option(arguments.settings, "any key of the scenario: --set plan.meet=worthwhile")});
}

}  // namespace polyfleet
