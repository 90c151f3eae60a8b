#include "cli/value_deal_command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/csv.hpp"

namespace polyfleet {
namespace {

/// A text that must be a number; another one is a problem of --set's kind.
std::function<void(const std::string&)> volatility_target(AskArguments& arguments) {
  return [&arguments](const std::string& text) {
    if (const auto number = parse_number(text)) {
      arguments.options.numbers["volatility"] = *number;
    } else {
      arguments.settings.faulty.push_back(
          problem_at({"--volatility", 0, 0}, fmt::format("'{}' is not a number", text),
                     "give log returns' deviation a year, such as 0.6"));
    }
  };
}

/// One positional argument: a deal's name, or the file of one's own, which is a scenario.
void join_deal_and_file(AskArguments& arguments, std::vector<OptionSpec>& options) {
  std::erase_if(options, [](const OptionSpec& each) { return each.names == "--deal"; });
  for (OptionSpec& each : options) {
    if (each.names == "scenario") {
      each.names = "deal";
      each.target = std::function<void(const std::string&)>([&arguments](const std::string& text) {
        (text.ends_with(".toml") ? arguments.scenario : arguments.options.texts["deal"]) = text;
      });
    }
    if (each.names == "--volatility") each.target = volatility_target(arguments);
  }
}

}  // namespace

const char kValueExamples[] =
    "Examples:\n"
    "  polyfleet value deal --list\n"
    "  polyfleet value deal amd_openai_2025\n"
    "  polyfleet value deal amd_openai_2025 --on 2025-10-06 --sensitivity\n"
    "  polyfleet value deal amd_openai_2025 --price 400 --deployment "
    "1GW:2027-06-30,6GW:2029-12-31\n"
    "  polyfleet value deal nvidia_openai_2025 --json\n"
    "A deal of your own: copy data/deals/amd_openai_2025.toml, change it, polyfleet value deal "
    "./mine.toml";

CommandSpec value_deal_command(AskArguments& arguments) {
  CommandSpec spec = ask_command(
      "value deal", arguments, kValueExamples,
      {set_option(arguments.settings,
                  "any term: --set tranche.2.hurdle=\"350 USD\", --set warrant.rule=average, --set "
                  "share.rate=0.045, --set amd_meta_2026.delay_months=6")});
  join_deal_and_file(arguments, spec.options);
  return spec;
}

}  // namespace polyfleet
