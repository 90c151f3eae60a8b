#include "cli/simulate_fleet_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_study.hpp"
#include "base/files.hpp"
#include "cli/fleet_files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "report/fleet_csv.hpp"
#include "report/fleet_json.hpp"
#include "report/fleet_text.hpp"

namespace polyfleet {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  polyfleet simulate fleet scenarios/fleet/small.toml\n"
    "  polyfleet simulate fleet scenarios/fleet/as_of_2026_11.toml --futures 200 --store "
    "futures.store\n"
    "  polyfleet simulate fleet small.toml --set workload.chat.must=true --csv results --hourly\n"
    "  polyfleet simulate fleet small.toml --tornado --tree --json\n"
    "Exit code 1: demand that must be met is not; 130: interrupted, with the report so far (the "
    "same --store goes on there).";

Diagnostics number_problems(const SimulateFleetArguments& arguments) {
  Diagnostics problems;
  if (arguments.futures < 0 || arguments.futures > 1'000'000)
    problems.push_back(problem_at({"--futures", 0, 0}, fmt::format("{} futures", arguments.futures),
                                  "give a number from 0 to 1000000"));
  if (arguments.threads < 0 || arguments.threads > 1024)
    problems.push_back(problem_at({"--threads", 0, 0}, fmt::format("{} threads", arguments.threads),
                                  "give a number from 0 (all cores) to 1024"));
  if (arguments.seed < 0)
    problems.push_back(
        problem_at({"--seed", 0, 0}, "a seed below zero", "give a number from 0 on"));
  if (!arguments.store.empty() && arguments.futures == 0)
    problems.push_back(
        problem_at({"--store", 0, 0}, "a store without futures", "say how many: --futures 200"));
  return problems;
}

FleetStudyOptions study_options(const SimulateFleetArguments& arguments,
                                const InterruptFlag& interrupt) {
  FleetStudyOptions options;
  options.futures = static_cast<int>(arguments.futures);
  options.seed = static_cast<std::uint64_t>(arguments.seed);
  options.store = arguments.store;
  options.with_tornado = arguments.tornado;
  options.with_tree = arguments.tree;
  options.with_hourly = true;  // the highest hour of all sites together
  if (!arguments.fresh) options.rates = usual_rate_folder();
  options.threads = arguments.threads > 0 ? static_cast<unsigned>(arguments.threads)
                                          : std::max(1U, std::thread::hardware_concurrency());
  options.stop = &interrupt.raised();
  options.progress = [](const std::string& text) { show_progress(text); };
  return options;
}

int exit_code(const FleetAnswer& answer) {
  if (answer.run.interrupted || (answer.futures && answer.futures->futures.interrupted))
    return kExitInterrupted;
  return answer.run.feasible() ? kExitOk : kExitInfeasible;
}

int run_simulate_fleet(const SimulateFleetArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  if (const Diagnostics problems = number_problems(arguments); !problems.empty())
    return bad_input(problems);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  show_progress("reading the scenario");
  auto document = fleet_document_at(arguments.scenario, arguments.settings.settings, **workspace);
  if (!document) return bad_input(document.problems());
  const InterruptFlag interrupt;
  const auto answer =
      run_fleet(*std::move(document), **workspace, study_options(arguments, interrupt));
  show_progress({});
  if (!answer) return bad_input(answer.problems());
  const FleetSliceKind by =
      arguments.by == "quarter" ? FleetSliceKind::quarter : FleetSliceKind::year;
  if (arguments.json) {
    print_json(fleet_json(*answer, by));
  } else {
    print(fleet_text(*answer, {by, arguments.explain}, output_style()));
  }
  if (!arguments.csv.empty()) {
    const Result<std::string> written =
        write_files(arguments.csv, fleet_csv(*answer, arguments.hourly));
    if (!written) return bad_input(written.problems());
    if (!arguments.json) print('\n' + *written);
  }
  return exit_code(*answer);
}

std::vector<OptionSpec> options_of(SimulateFleetArguments& arguments) {
  return {
      {.names = "scenario",
       .target = &arguments.scenario,
       .help = "a fleet in TOML (docs/fleet_scenarios.md)",
       .required = true},
      {"--futures", &arguments.futures,
       "play N futures of delays, demand, prices, failures and software: percentiles on every line",
       "N"},
      {.names = "--seed",
       .target = &arguments.seed,
       .help = "of every random draw; the same seed gives the same bytes",
       .type = "N",
       .show_default = true},
      {"--store,--resume", &arguments.store, "keep finished futures in this file and go on from it",
       "FILE"},
      {"--tornado", &arguments.tornado, "what matters: each uncertain input alone, low and high"},
      {"--tree", &arguments.tree, "the scenario's branches, each played out"},
      {.names = "--by",
       .target = &arguments.by,
       .help = "columns of the tables",
       .choices = {"year", "quarter"},
       .show_default = true},
      {"--csv", &arguments.csv,
       "write ledger, periods, deliveries, limits and percentiles as CSV files", "DIR"},
      {"--hourly", &arguments.hourly,
       "with --csv: energy_hourly.csv too, every hour of every site"},
      {"--threads", &arguments.threads, "0 = as many as the machine has cores", "N"},
      {"--fresh", &arguments.fresh, "predict every rate anew instead of taking kept ones"},
      {"--json", &arguments.json, "as JSON"},
      {"--explain", &arguments.explain,
       "rates with their plans and engines, ledger rows behind each line, every assumption"},
      set_option(arguments.settings,
                 "any key of the scenario, entries of lists by id or place: --set "
                 "workload.chat.must=true"),
  };
}

}  // namespace

CommandSpec simulate_fleet_command(SimulateFleetArguments& arguments) {
  return {{"simulate", "fleet"},
          "Gigawatts over years: deliveries, work, energy, carbon, money, deals, futures",
          kExamples,
          options_of(arguments),
          [&] { return run_simulate_fleet(arguments); }};
}

}  // namespace polyfleet
