#include "cli/simulate_command.hpp"

#include "cli/serving_flags.hpp"

namespace polyfleet {

const char kSimulateExamples[] =
    "Examples:\n"
    "  polyfleet simulate serve scenarios/serving/azure_conversation_mixed.toml\n"
    "  polyfleet simulate serve service.toml --set router=prefix_aware --seed 7 --json\n"
    "  polyfleet simulate serve service.toml --requests requests.csv --timeline pools.json\n"
    "Exit code 1: a model does not fit; 130: interrupted, with the report so far.";

CommandSpec simulate_serve_command(AskArguments& arguments) {
  const OptionSpec seed{.names = "--seed",
                        .target =
                            [&arguments](const std::string& text) {
                              arguments.settings.settings.push_back(
                                  {"seed", detail::value_from_text(text), "--seed"});
                            },
                        .help = "of every random draw; the same seed gives the same bytes",
                        .type = "N"};
  return ask_command("simulate serve", arguments, kSimulateExamples,
                     {seed, serving_set_option(arguments.settings)});
}

}  // namespace polyfleet
