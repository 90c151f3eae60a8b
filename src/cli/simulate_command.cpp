#include "cli/simulate_command.hpp"

#include <fmt/format.h>

#include <optional>

#include "app/serving_simulation.hpp"
#include "base/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "report/serving_timeline.hpp"
#include "traffic/request_csv.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Samples of a timeline where the scenario states no interval.
constexpr Seconds kUsualSample = 10 * second;

std::string_view name_of(RequestOutcome::End end) {
  switch (end) {
    case RequestOutcome::End::finished:
      return "finished";
    case RequestOutcome::End::refused:
      return "refused";
    case RequestOutcome::End::cancelled:
      return "cancelled";
  }
  return "";
}

RequestResult result_of(const RequestOutcome& outcome, const ServingSimulation& run) {
  RequestResult result;
  result.end = name_of(outcome.end);
  result.started = outcome.started;
  result.first_token = outcome.first_token;
  result.last_token = outcome.last_token;
  result.cached_tokens = outcome.cached_tokens;
  if (outcome.pool >= 0)
    result.pool = run.cluster.pools[static_cast<std::size_t>(outcome.pool)].name;
  result.replica = outcome.replica;
  result.preemptions = outcome.preemptions;
  result.restarts = outcome.restarts;
  return result;
}

/// Shows how far the run is, and ends it when the user asks.
void watch(SimulationOptions& options, const InterruptFlag& interrupt) {
  options.keep_going = [&interrupt](Picos now, std::int64_t finished) {
    show_progress(fmt::format("{} simulated, {} requests over (Ctrl-C: report so far)",
                              print_quantity(seconds_of_picos(now)), finished));
    return !interrupt.raised();
  };
}

Diagnostics write_timeline(const std::string& path, const ServingSimulation& run) {
  if (path.empty()) return {};
  const bool trace = path.ends_with(".json");
  const auto written =
      write_file(path, trace ? serving_timeline_trace(run) : serving_timeline_csv(run));
  return written ? Diagnostics{} : written.problems();
}

int print_run(const ServingSimulation& run, const SimulateArguments& arguments) {
  if (arguments.json) {
    print_json(serving_simulation_json(run));
  } else {
    print(serving_simulation_text(run, output_style()));
  }
  if (!run.misfits.empty()) return kExitInfeasible;
  return run.report.stopped_early ? kExitInterrupted : kExitOk;
}

int run_simulate_serve(const SimulateArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document = scenario_document(arguments.scenario, arguments.settings.settings);
  if (!document) return bad_input(document.problems());
  Result<PreparedServing> prepared = prepare_serving(**workspace, *document);
  if (!prepared) return bad_input(prepared.problems());
  if (!prepared->run.misfits.empty()) return print_run(prepared->run, arguments);
  std::optional<RequestCsvWriter> requests;
  if (!arguments.requests.empty()) {
    auto opened = RequestCsvWriter::open(arguments.requests, prepared->run.names);
    if (!opened) return bad_input(opened.problems());
    requests.emplace(*std::move(opened));
    prepared->options.on_outcome = [&](const RequestOutcome& outcome) {
      requests->add(outcome.request, result_of(outcome, prepared->run));
    };
  }
  if (!arguments.timeline.empty() && prepared->options.sample_interval == 0)
    prepared->options.sample_interval = picos_of(kUsualSample);
  const InterruptFlag interrupt;
  watch(prepared->options, interrupt);
  const auto done = simulate(*prepared);
  show_progress({});
  if (!done) return bad_input(done.problems());
  if (requests) {
    if (const auto finished = requests->finish(); !finished) return bad_input(finished.problems());
  }
  if (const Diagnostics problems = write_timeline(arguments.timeline, prepared->run);
      !problems.empty())
    return bad_input(problems);
  return print_run(prepared->run, arguments);
}

std::vector<OptionSpec> options_of(SimulateArguments& arguments) {
  return {
      {.names = "scenario",
       .target = &arguments.scenario,
       .help = "a service in TOML (docs/serving.md)",
       .required = true},
      {.names = "--seed",
       .target =
           [&arguments](const std::string& text) {
             arguments.settings.settings.push_back(
                 {"seed", detail::value_from_text(text), "--seed"});
           },
       .help = "of every random draw; the same seed gives the same bytes",
       .type = "N"},
      {"--requests", &arguments.requests, "write every request and what became of it as CSV",
       "FILE"},
      {"--timeline", &arguments.timeline,
       "write what every pool did over time: CSV, or a Chrome/Perfetto trace (.json)", "FILE"},
      {"--json", &arguments.json, "as JSON"},
      serving_set_option(arguments.settings),
  };
}

}  // namespace

const char kSimulateExamples[] =
    "Examples:\n"
    "  polyfleet simulate serve scenarios/serving/azure_conversation_mixed.toml\n"
    "  polyfleet simulate serve service.toml --set router=prefix_aware --seed 7 --json\n"
    "  polyfleet simulate serve service.toml --requests requests.csv --timeline pools.json\n"
    "Exit code 1: a model does not fit; 130: interrupted, with the report so far.";

CommandSpec simulate_serve_command(SimulateArguments& arguments) {
  return {{"simulate", "serve"},
          "An inference service of one vendor or many, request by request",
          kSimulateExamples,
          options_of(arguments),
          [&] { return run_simulate_serve(arguments); }};
}

}  // namespace polyfleet
