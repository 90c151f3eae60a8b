#include "cli/plan_fleet_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_study.hpp"
#include "app/procurement_run.hpp"
#include "cli/fleet_files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"

namespace polyfleet {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  polyfleet plan fleet scenarios/fleet/small.toml\n"
    "  polyfleet plan fleet scenarios/fleet/small.toml --set plan.meet=worthwhile --csv results\n"
    "  polyfleet plan fleet scenarios/fleet/as_of_november_2026.toml --diversify\n"
    "  polyfleet plan fleet scenarios/fleet/as_of_november_2026.toml --front 2028-06-30 --json\n"
    "Exit code 1: demand that must be met cannot be; 130: interrupted, with the report so far.";

Diagnostics number_problems(const PlanFleetArguments& arguments) {
  Diagnostics problems;
  if (arguments.points < 2 || arguments.points > 1000)
    problems.push_back(problem_at({"--points", 0, 0}, fmt::format("{} points", arguments.points),
                                  "give a number from 2 to 1000"));
  if (arguments.threads < 0 || arguments.threads > 1024)
    problems.push_back(problem_at({"--threads", 0, 0}, fmt::format("{} threads", arguments.threads),
                                  "give a number from 0 (all cores) to 1024"));
  return problems;
}

Result<ProcurementOptions> options_from(const PlanFleetArguments& arguments,
                                        const InterruptFlag& interrupt) {
  ProcurementOptions options;
  options.with_frontier = arguments.frontier;
  if (!arguments.front.empty()) {
    Result<CalendarDate> date = parse_date(arguments.front);
    if (!date) {
      Diagnostics problems = date.problems();
      for (Diagnostic& each : problems) each.where = {"--front", 0, 0};
      return problems;
    }
    options.front_day = *date;
  }
  options.front_points = static_cast<int>(arguments.points);
  if (!arguments.fresh) options.rates = usual_rate_folder();
  options.threads = arguments.threads > 0 ? static_cast<unsigned>(arguments.threads)
                                          : std::max(1U, std::thread::hardware_concurrency());
  options.stop = &interrupt.raised();
  options.progress = [](const std::string& text) { show_progress(text); };
  return options;
}

int run_plan_fleet(const PlanFleetArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  if (const Diagnostics problems = number_problems(arguments); !problems.empty())
    return bad_input(problems);
  const InterruptFlag interrupt;
  const Result<ProcurementOptions> options = options_from(arguments, interrupt);
  if (!options) return bad_input(options.problems());
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  show_progress("reading the scenario");
  auto document = fleet_document_at(arguments.scenario, arguments.settings.settings, **workspace);
  if (!document) return bad_input(document.problems());
  const auto report = run_procurement(*std::move(document), **workspace, *options);
  show_progress({});
  if (!report) return bad_input(report.problems());
  if (arguments.json) {
    print_json(procurement_json(*report));
  } else {
    print(procurement_text(*report, arguments.explain, output_style()));
  }
  if (!arguments.csv.empty()) {
    const Result<std::string> written = write_files(arguments.csv, procurement_csv(*report));
    if (!written) return bad_input(written.problems());
    if (!arguments.json) print('\n' + *written);
  }
  if (report->interrupted) return kExitInterrupted;
  return report->plan.feasible ? kExitOk : kExitInfeasible;
}

std::vector<OptionSpec> options_of(PlanFleetArguments& arguments) {
  return {
      {.names = "scenario",
       .target = &arguments.scenario,
       .help = "a fleet in TOML (docs/fleet_scenarios.md); its [plan]: docs/fleet_planning.md",
       .required = true},
      {"--diversify", &arguments.frontier,
       "the cost of capping every vendor's share, and of losing a vendor"},
      {"--front", &arguments.front,
       "least energy, carbon and cost of the scenario's fleet for each output on this day, with "
       "the mix of generations by stage",
       "DAY"},
      {.names = "--points",
       .target = &arguments.points,
       .help = "of the front",
       .type = "N",
       .show_default = true},
      {"--csv", &arguments.csv, "write purchases, work, limits and fronts as CSV files", "DIR"},
      {"--threads", &arguments.threads, "0 = as many as the machine has cores", "N"},
      {"--fresh", &arguments.fresh, "predict every rate anew instead of taking kept ones"},
      {"--json", &arguments.json, "as JSON"},
      {"--explain", &arguments.explain, "every limit that binds, every assumption"},
      set_option(arguments.settings, "any key of the scenario: --set plan.meet=worthwhile"),
  };
}

}  // namespace

CommandSpec plan_fleet_command(PlanFleetArguments& arguments) {
  return {{"plan", "fleet"},
          "What to buy, when, where and from whom, under power, budgets, carbon and deliveries",
          kExamples,
          options_of(arguments),
          [&] { return run_plan_fleet(arguments); }};
}

}  // namespace polyfleet
