#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "app/comparison_run.hpp"
#include "app/fleet_files.hpp"
#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_page.hpp"
#include "app/report_file.hpp"
#include "app/validation_run.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "report/fleet_csv.hpp"
#include "report/fleet_page.hpp"
#include "view/fleet_page.hpp"

namespace polyfleet {
namespace {

constexpr char kNow[] = "scenarios/fleet/as_of_2026_11.toml";
constexpr char kAnnounced[] = "scenarios/fleet/as_announced_2025_10.toml";

/// Default and strict validation over the shipped published runs.
Result<std::vector<ValidationReport>> validation_summaries(Workspace& workspace) {
  std::vector<ValidationReport> reports;
  for (const bool strict : {false, true}) {
    Result<ValidationAnswer> answer =
        run_validation(workspace, {.what = "train", .data = {}, .split = "all", .strict = strict});
    if (!answer) return answer.problems();
    reports.push_back(std::move(answer->report));
  }
  return reports;
}

/// One training run on four systems at equal power.
int run_training(const MainJobArguments& arguments, Workspace& workspace) {
  const std::string folder =
      arguments.scenarios.empty()
          ? (workspace.data_directory().parent_path() / "scenarios/frontier_equal_megawatts")
                .string()
          : arguments.scenarios;
  show_progress("searching a plan for each system ...");
  const auto run = run_comparison(workspace, folder);
  if (!run) return bad_input(run.problems());
  show_progress("predicting every published run ...");
  const Result<std::vector<ValidationReport>> reports = validation_summaries(workspace);
  if (!reports) return bad_input(reports.problems());
  show_progress({});
  if (arguments.json) {
    Value json{Table{}};
    json.set("comparison", comparison_json((*run)->comparison));
    json.set("validation", validation_json(reports->front()));
    json.set("validation_strict", validation_json(reports->back()));
    print_json(json);
    return kExitOk;
  }
  print(comparison_text((*run)->comparison, output_style()));
  print("\nHow far such predictions are from published runs (polyfleet validate train):\n");
  for (const ValidationReport& report : *reports) print(validation_summary(report));
  return kExitOk;
}

constexpr char kReport[] = "report.html";

/// The page as pictures.
std::string report_of(const FleetPage& page, const MainJobArguments& arguments) {
  PageOrigin origin{.command = "polyfleet main-job",
                    .program = "polyfleet " POLYFLEET_VERSION,
                    .data = {},
                    .day = day_of(std::chrono::system_clock::now())};
  if (!arguments.scenario.empty()) origin.command += " --scenario " + arguments.scenario;
  if (!arguments.against.empty()) origin.command += " --against " + arguments.against;
  return report_html(main_job_page(page), origin);
}

/// Every file of both studies, the page as JSON and as pictures.
Diagnostics write_results(const FleetPage& page, const MainJobArguments& arguments) {
  const std::filesystem::path folder = page.folder;
  for (const auto& [name, answer] : {std::pair<const char*, const FleetAnswer*>{"now", &page.now},
                                     {"announced", &page.announced}}) {
    const auto written = write_files((folder / name).string(), fleet_csv(*answer, true));
    if (!written) return written.problems();
  }
  const auto written =
      write_files(page.folder, {{"answer.json", to_json(fleet_page_json(page)) + '\n'},
                                {kReport, report_of(page, arguments)}});
  return written ? Diagnostics{} : written.problems();
}

int exit_code(const FleetPage& page) {
  const FleetAnswer& now = page.now;
  if (now.run.interrupted || (now.futures && now.futures->futures.interrupted))
    return kExitInterrupted;
  return now.run.feasible() ? kExitOk : kExitInfeasible;
}

FleetPageQuestion question_of(const MainJobArguments& arguments, const Workspace& workspace) {
  const std::filesystem::path root = workspace.data_directory().parent_path();
  const auto file = [&](const std::string& given, const char* shipped) {
    return given.empty() ? (root / shipped).string() : given;
  };
  return {file(arguments.scenario, kNow), file(arguments.against, kAnnounced),
          arguments.settings.settings};
}

int run_fleets(const MainJobArguments& arguments, Workspace& workspace) {
  if (arguments.futures < 0 || arguments.futures > 1'000'000)
    return bad_input({problem_at({"--futures", 0, 0}, fmt::format("{} futures", arguments.futures),
                                 "give a number from 0 to 1000000")});
  const InterruptFlag interrupt;
  FleetStudyOptions options;
  options.futures = static_cast<int>(arguments.futures);
  options.with_hourly = true;
  options.rates = usual_rate_folder();
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  options.stop = &interrupt.raised();
  options.progress = [](const std::string& what, double share) {
    show_progress(share < 0 ? what : fmt::format("{} ... {:.0f} %", what, 100 * share));
  };
  Result<FleetPage> page = run_fleet_page(question_of(arguments, workspace), workspace, options);
  show_progress({});
  if (!page) return bad_input(page.problems());
  page->folder = arguments.folder;
  if (!page->folder.empty()) {
    if (const Diagnostics problems = write_results(*page, arguments); !problems.empty())
      return bad_input(problems);
  }
  if (arguments.json) {
    print_json(fleet_page_json(*page));
  } else {
    print(fleet_page_text(*page, output_style()));
    if (!page->folder.empty())
      print(fmt::format("The same as pictures: {}\n",
                        (std::filesystem::path(page->folder) / kReport).string()));
  }
  return exit_code(*page);
}

int run_main_job(const MainJobArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  return arguments.training || !arguments.scenarios.empty() ? run_training(arguments, **workspace)
                                                            : run_fleets(arguments, **workspace);
}

}  // namespace

CommandSpec main_job_command(MainJobArguments& arguments) {
  return {
      {"main-job"},
      "The announced gigawatts: what they deliver, draw, emit and cost, on one page",
      "Examples:\n"
      "  polyfleet main-job\n"
      "  polyfleet main-job --scenario my_fleet.toml --against scenarios/fleet/small.toml\n"
      "  polyfleet main-job --folder results/today --futures 1000 --json\n"
      "  polyfleet main-job --training       one training run on four systems at equal power\n"
      "Exit code 1: demand that must be met is not; 130: interrupted, with the report so far.",
      {{"--scenario", &arguments.scenario, "the fleet in question (default: as of November 2026)",
        "FILE"},
       {"--against", &arguments.against,
        "the fleet that it is held against (default: as announced in October 2025)", "FILE"},
       {.names = "--folder",
        .target = &arguments.folder,
        .help = "where the files go; \"\" = none are written",
        .type = "DIR",
        .show_default = true},
       {.names = "--futures",
        .target = &arguments.futures,
        .help = "futures behind the percentiles",
        .type = "N",
        .show_default = true},
       set_option(arguments.settings, "any key of the scenario: --set finance.discount.value=0.08"),
       {"--training", &arguments.training,
        "instead: one frontier training run on four systems at equal megawatts"},
       {"--scenarios", &arguments.scenarios, "with --training: a folder of scenarios to compare",
        "FOLDER"},
       {"--json", &arguments.json, "as JSON"}},
      [&] { return run_main_job(arguments); }};
}

}  // namespace polyfleet
