#include "cli/commands.hpp"

namespace polyfleet {

CommandSpec validate_command(AskArguments& arguments) {
  return ask_command("validate", arguments,
                     "Examples:\n"
                     "  polyfleet validate train\n"
                     "  polyfleet validate train --strict --split test --json\n"
                     "  polyfleet validate train --data my_runs.csv --rows predictions.csv\n"
                     "  polyfleet validate train --report training.html\n"
                     "  polyfleet validate serve --rows predictions.csv\n"
                     "  polyfleet validate collectives\n"
                     "  polyfleet validate mixed\n"
                     "  polyfleet validate fleet\n"
                     "  polyfleet validate plans --limit 20",
                     {});
}

}  // namespace polyfleet
