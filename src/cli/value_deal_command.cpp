#include "cli/value_deal_command.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "cli/output.hpp"
#include "report/deal_report.hpp"

namespace polyfleet {
namespace {

int print_list(const std::filesystem::path& data, bool json) {
  const Result<std::vector<DealSummary>> deals = list_deals(data);
  if (!deals) return bad_input(deals.problems());
  if (json) {
    print_json(deal_list_json(*deals));
  } else {
    print(deal_list_text(*deals, output_style()));
  }
  return kExitOk;
}

Diagnostics write_csv(const std::string& folder, const DealAnswer& answer) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return {problem(fmt::format("cannot make the folder {}: {}", folder, error.message()))};
  for (const auto& [name, content] : deal_csv(answer)) {
    if (const auto written = write_file(std::filesystem::path(folder) / name, content); !written)
      return written.problems();
  }
  return {};
}

int run_value_deal(ValueDealArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto data = data_directory();
  if (!data) return bad_input(data.problems());
  if (arguments.list) return print_list(*data, arguments.json);
  DealQuestion& question = arguments.question;
  if (question.deal.empty())
    return bad_input({problem("no deal given", "polyfleet value deal --list names them")});
  if (question.seed < 0) return bad_input({problem("--seed must not be negative")});
  question.settings = arguments.settings.settings;
  int shown = -1;
  question.progress = [&shown](double share) {
    const int percent = static_cast<int>(100 * share);
    if (percent == shown) return;
    shown = percent;
    show_progress(fmt::format("valuing ... {} %", percent));
  };
  const Result<DealAnswer> answer = value_deal(*data, question);
  show_progress({});
  if (!answer) return bad_input(answer.problems());
  if (!arguments.csv.empty()) {
    const Diagnostics problems = write_csv(arguments.csv, *answer);
    if (!problems.empty()) return bad_input(problems);
  }
  if (arguments.json) {
    print_json(deal_json(*answer));
  } else {
    print(deal_text(*answer, arguments.facts, output_style()));
  }
  return kExitOk;
}

/// A text that must be a number; another one is a problem of --set's kind.
std::function<void(const std::string&)> volatility_target(ValueDealArguments& arguments) {
  return [&arguments](const std::string& text) {
    if (const auto number = parse_number(text)) {
      arguments.question.volatility = *number;
    } else {
      arguments.settings.faulty.push_back(
          problem_at({"--volatility", 0, 0}, fmt::format("'{}' is not a number", text),
                     "give log returns' deviation a year, such as 0.6"));
    }
  };
}

std::vector<OptionSpec> options_of(ValueDealArguments& arguments) {
  DealQuestion& question = arguments.question;
  return {
      {"deal", &question.deal, "a deal of data/deals by name, or a file that ends in .toml"},
      {"--list", &arguments.list, "name the shipped deals"},
      {"--price", &question.price, "of the share, in USD (default: the newest quote)", "P"},
      {"--volatility", volatility_target(arguments), "of the share, a year: 0.6", "V"},
      {"--on", &question.on, "day of the valuation (default: that of the quote)", "YYYY-MM-DD"},
      {"--deployment", &question.deployment,
       "cumulative deliveries and their days, without delay: 1GW:2027-06-30,2GW:2028-03-31",
       "POWER:DATE,..."},
      {.names = "--paths",
       .target = &question.paths,
       .help = "of the share price",
       .type = "N",
       .show_default = true},
      {.names = "--steps",
       .target = &question.steps,
       .help = "of the price, a year; dates of vesting are as fine as these",
       .type = "N",
       .show_default = true},
      {.names = "--seed",
       .target = &question.seed,
       .help = "of every random draw; the same seed gives the same bytes",
       .type = "N",
       .show_default = true},
      {"--alone", &question.alone, "without the other warrants on the same share"},
      {"--sensitivity", &question.sensitivity, "vary one assumption at a time over its range"},
      {"--facts", &arguments.facts, "list the dated facts of the deal"},
      {"--csv", &arguments.csv, "write tranches, percentiles, money and terms as CSV", "DIR"},
      {"--json", &arguments.json, "as JSON"},
      set_option(arguments.settings,
                 "any term: --set tranche.2.hurdle=\"350 USD\", --set warrant.rule=average, --set "
                 "share.rate=0.045, --set amd_meta_2026.delay_months=6"),
  };
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

CommandSpec value_deal_command(ValueDealArguments& arguments) {
  return {{"value", "deal"},
          "Warrants, investments and guarantees between vendors and buyers of gigawatts",
          kValueExamples,
          options_of(arguments),
          [&] { return run_value_deal(arguments); }};
}

}  // namespace polyfleet
