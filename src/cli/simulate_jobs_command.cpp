#include "cli/simulate_jobs_command.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "app/job_document.hpp"
#include "cli/fleet_files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "report/job_report.hpp"

namespace polyfleet {
namespace {

const std::vector<EstimateFlag>& job_flags() {
  static const std::vector<EstimateFlag> flags{
      {"--policy", "policy", FlagKind::text, "NAME",
       "fifo, shortest-first, backfill, priority; in rounds: rounds-fifo, rounds-fifo-random, "
       "rounds-fifo-fastest, least-attained, max-min-fairness, max-min-aware"},
      {"--nodes", "cluster.nodes", FlagKind::number, "N", "nodes of the cluster"},
      {"--per-node", "cluster.accelerators_per_node", FlagKind::number, "N",
       "accelerators of a node"},
      {"--nodes-per-domain", "cluster.nodes_per_domain", FlagKind::number, "N",
       "nodes of one scale-up domain; open: all"},
      {"--system", "cluster.system", FlagKind::text, "NAME",
       "a system of the catalogue instead of --per-node and --nodes-per-domain"},
      {"--kinds", "kinds", FlagKind::text, "FILE", "rates of kinds of jobs by pool, CSV"},
      {"--seed", "seed", FlagKind::number, "N", "of every draw; the same seed, the same bytes"}};
  return flags;
}

/// A scenario, or a trace as a scenario that states nothing else.
Result<Value> document_of(const SimulateJobsArguments& arguments) {
  const std::filesystem::path path(arguments.input);
  if (path.extension() != ".csv")
    return scenario_document(arguments.input, arguments.settings.settings);
  Value document{Table{}};
  document.at({"command line", 0, 0});
  document.set("trace", std::filesystem::absolute(path).string());
  document.set("name", arguments.input);
  return with_settings(std::move(document), arguments.settings.settings);
}

int run_simulate_jobs(const SimulateJobsArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document = document_of(arguments);
  if (!document) return bad_input(document.problems());
  show_progress("reading the jobs");
  const std::filesystem::path folder = std::filesystem::path(arguments.input).parent_path();
  auto study = read_job_study(*document, folder, **workspace);
  show_progress({});
  if (!study) return bad_input(study.problems());
  const InterruptFlag interrupt;
  const auto progress = [](double share) {
    show_progress(
        fmt::format("{:.0f} % of the jobs have ended (Ctrl-C: report so far)", 100 * share));
  };
  const JobAnswer answer = run_job_study(*std::move(study), {&interrupt.raised(), progress});
  show_progress({});
  if (arguments.json) {
    print_json(job_json(answer));
  } else {
    print(job_text(answer, output_style()));
  }
  if (!arguments.csv.empty()) {
    const auto written = write_files(arguments.csv, job_csv(answer));
    if (!written) return bad_input(written.problems());
    if (!arguments.json) print('\n' + *written);
  }
  if (answer.run.interrupted) return kExitInterrupted;
  return answer.run.refused > 0 ? kExitInfeasible : kExitOk;
}

constexpr const char* kExamples =
    "Examples:\n"
    "  polyfleet simulate jobs scenarios/jobs/philly.toml --policy backfill\n"
    "  polyfleet simulate jobs my_jobs.csv --nodes 64 --per-node 8 --json\n"
    "  polyfleet simulate jobs scenarios/jobs/gavel.toml --set policy=max-min-aware --csv results\n"
    "Exit code 1: a job fits nowhere and is refused; 130: interrupted, with the report so far.";

}  // namespace

CommandSpec simulate_jobs_command(SimulateJobsArguments& arguments) {
  std::vector<OptionSpec> options{{.names = "input",
                                   .target = &arguments.input,
                                   .help = "a study in TOML (docs/fleet_jobs.md) or a trace in CSV",
                                   .required = true}};
  for (OptionSpec& each : flag_options(job_flags(), arguments.settings))
    options.push_back(std::move(each));
  options.push_back(
      {"--csv", &arguments.csv, "write jobs, size classes and account as CSV files", "DIR"});
  options.push_back({"--json", &arguments.json, "as JSON"});
  options.push_back(
      set_option(arguments.settings, "any key of the study: --set checkpoints.interval=\"1 h\""));
  return {{"simulate", "jobs"},
          "A cluster that runs a trace of jobs: queueing, placement, failures, checkpoints",
          kExamples,
          std::move(options),
          [&] { return run_simulate_jobs(arguments); }};
}

}  // namespace polyfleet
