#include "cli/run_command.hpp"

#include "cli/output.hpp"
#include "report/training_text.hpp"

namespace polyfleet {
namespace {

int run_estimate_run(const RunArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  Result<ResolvedTraining> resolved =
      read_scenario(**workspace, arguments.scenario, arguments.settings.settings);
  if (!resolved) return bad_input(resolved.problems());
  const auto run = run_estimate(**workspace, *std::move(resolved), arguments.run,
                                arguments.simulation, arguments.strict);
  if (!run) return bad_input(run.problems());
  const RunEstimate& done = **run;
  const TrainingAnswer training = done.training.answer();
  const RunAnswer answer{training, done.question, done.forecast,
                         done.simulated ? &*done.simulated : nullptr};
  const bool fits = done.training.estimate.fits_in_memory;
  if (arguments.json) {
    print_json(run_json(answer));
  } else {
    const PageStyle style = output_style();
    print(run_text(answer, style));
    if (!fits) print('\n' + shortfall_text(training, style));
  }
  return fits ? kExitOk : kExitInfeasible;
}

int run_plan_size(const SizeArguments& arguments) {
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const Result<Value> document = scenario_document(arguments.scenario, arguments.settings.settings);
  if (!document) return bad_input(document.problems());
  const auto sizing = run_sizing(**workspace, *document, arguments.sizing, arguments.strict);
  if (!sizing) return bad_input(sizing.problems());
  const RunSizing& done = **sizing;
  if (arguments.json) {
    print_json(size_json(done.answer, done.training.answer()));
  } else {
    print(size_text(done.answer, done.training.answer(), output_style()));
  }
  return done.answer.verdict == SizeVerdict::meets ? kExitOk : kExitInfeasible;
}

/// What both commands ask of a run.
void add_run_options(RunTexts& run, std::vector<OptionSpec>& options) {
  options.push_back({"--tokens", &run.tokens, "tokens of the whole run: 15e12", "N"});
  options.push_back({"--start", &run.start, "day on which the run begins", "YYYY-MM-DD"});
  options.push_back({"--checkpoint-write", &run.checkpoint_write,
                     "time to write one checkpoint: \"60 s\"", "TIME"});
  options.push_back(
      {"--storage", &run.storage, "rate of the checkpoint storage in all: \"2 TB/s\"", "RATE"});
  options.push_back({"--async", &run.asynchronous,
                     "training waits for the copy to the host only, the write runs behind it"});
  options.push_back({"--in-memory", &run.in_memory,
                     "checkpoints to the host memory of a peer instead of storage"});
  options.push_back({"--interval", &run.interval,
                     "time between checkpoints: \"30 min\" (default: the optimum)", "TIME"});
  options.push_back({"--spares", &run.spares,
                     "warm spare nodes (default: what 99.9 % without waiting needs)", "N"});
  options.push_back({"--failures", &run.failures,
                     "failure rates: llama3, rsc1, rsc2, b200_504, tpu_v4 (default: by family)",
                     "NAME"});
}

void add_settings(SettingTexts& settings, std::vector<OptionSpec>& options) {
  const std::vector<OptionSpec> more = setting_options(settings);
  options.insert(options.end(), more.begin(), more.end());
}

std::vector<OptionSpec> run_options(RunArguments& arguments) {
  std::vector<OptionSpec> options{{.names = "scenario",
                                   .target = &arguments.scenario,
                                   .help = "a scenario in TOML (docs/scenarios.md)"}};
  add_run_options(arguments.run, options);
  options.push_back({"--simulate", &arguments.simulation.runs,
                     "play the run this many times beside the closed form", "N"});
  options.push_back({"--seed", &arguments.simulation.seed, "of the simulation", "N"});
  options.push_back({"--strict", &arguments.strict, "without the software-maturity factor"});
  options.push_back({"--json", &arguments.json, "as JSON"});
  add_settings(arguments.settings, options);
  return options;
}

std::vector<OptionSpec> size_options(SizeArguments& arguments) {
  std::vector<OptionSpec> options{
      {.names = "scenario",
       .target = &arguments.scenario,
       .help = "a scenario in TOML (docs/scenarios.md); its devices are varied"}};
  options.push_back(
      {"--days", &arguments.sizing.days, "the fewest accelerators that end in time", "N"});
  options.push_back({"--power", &arguments.sizing.power,
                     "at the meter, at most: \"50 MW\"; alone: what fits, and when it ends",
                     "POWER"});
  add_run_options(arguments.sizing.run, options);
  options.push_back({"--strict", &arguments.strict, "without the software-maturity factor"});
  options.push_back({"--json", &arguments.json, "as JSON"});
  add_settings(arguments.settings, options);
  return options;
}

}  // namespace

CommandSpec estimate_run_command(RunArguments& arguments) {
  return {{"estimate", "run"},
          "A whole training run with failures, checkpoints and spares",
          "Examples:\n"
          "  polyfleet estimate run scenario.toml --tokens 15e12 --start 2026-12-01\n"
          "  polyfleet estimate run scenario.toml --tokens 15e12 --storage \"2 TB/s\" --async\n"
          "  polyfleet estimate run scenario.toml --tokens 15e12 --checkpoint-write \"60 s\" \\\n"
          "      --spares 8 --simulate 1000 --seed 1\n"
          "Takes every flag of `polyfleet estimate train`. Exit code 1: the plan does not fit in "
          "memory.",
          run_options(arguments),
          [&] { return run_estimate_run(arguments); }};
}

CommandSpec plan_size_command(SizeArguments& arguments) {
  return {
      {"plan", "size"},
      "How many accelerators a run needs, or a power feeds",
      "Examples:\n"
      "  polyfleet plan size scenario.toml --tokens 15e12 --days 90\n"
      "  polyfleet plan size scenario.toml --tokens 15e12 --power \"50 MW\" --start 2026-12-01\n"
      "  polyfleet plan size scenario.toml --tokens 15e12 --days 90 --power \"20 MW\" --json\n"
      "Exit code 1: no size will do; the nearest is shown.",
      size_options(arguments),
      [&] { return run_plan_size(arguments); }};
}

}  // namespace polyfleet
