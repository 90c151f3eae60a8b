#include "app/training_run.hpp"
#include "base/files.hpp"
#include "cli/commands.hpp"
#include "cli/estimate_flags.hpp"
#include "cli/output.hpp"
#include "report/training_explain.hpp"
#include "report/training_json.hpp"
#include "report/training_text.hpp"
#include "report/training_timeline.hpp"

namespace polyfleet {
namespace {

/// Text of the run; with --explain the chain of terms and sources follows.
void print_run(const TrainingRun& run, const EstimateArguments& arguments,
               const Catalogue& catalogue) {
  const TrainingAnswer answer = run.answer();
  if (arguments.json) {
    Value json = training_json(answer);
    if (arguments.explain) json.set("explanation", explanation_json(answer, catalogue));
    print_json(json);
    return;
  }
  const PageStyle style = output_style();
  print(training_text(answer, style));
  if (arguments.explain) print('\n' + explanation_text(answer, catalogue, style));
  if (!run.estimate.fits_in_memory) print('\n' + shortfall_text(answer, style));
}

int run_estimate_train(const EstimateArguments& arguments) {
  if (arguments.what_if.asked())
    return run_what_if(arguments.what_if,
                       {arguments.scenario, arguments.settings, arguments.strict, arguments.json});
  if (!arguments.settings.faulty.empty()) return bad_input(arguments.settings.faulty);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  Result<ResolvedTraining> resolved =
      read_scenario(**workspace, arguments.scenario, arguments.settings.settings);
  if (!resolved) return bad_input(resolved.problems());
  const Result<TrainingRun> run = run_training(**workspace, *std::move(resolved), arguments.strict);
  if (!run) return bad_input(run.problems());
  if (!arguments.timeline.empty()) {
    const std::string trace = training_timeline(run->answer());
    if (const auto written = write_file(arguments.timeline, trace); !written)
      return bad_input(written.problems());
  }
  print_run(*run, arguments, (*workspace)->catalogue());
  return run->estimate.fits_in_memory ? kExitOk : kExitInfeasible;
}

std::vector<OptionSpec> estimate_options(EstimateArguments& arguments) {
  std::vector<OptionSpec> options{{.names = "scenario",
                                   .target = &arguments.scenario,
                                   .help = "a scenario in TOML (docs/scenarios.md)"}};
  const std::vector<OptionSpec> settings = setting_options(arguments.settings);
  options.insert(options.end(), settings.begin(), settings.end());
  options.push_back({"--strict", &arguments.strict, "without the software-maturity factor"});
  options.push_back({"--json", &arguments.json, "as JSON"});
  options.push_back(
      {"--explain", &arguments.explain, "the chain of terms and sources behind the result"});
  options.push_back(
      {"--timeline", &arguments.timeline, "write a Chrome/Perfetto trace of one step", "FILE"});
  const std::vector<OptionSpec> what_if = what_if_options(arguments.what_if);
  options.insert(options.end(), what_if.begin(), what_if.end());
  return options;
}

}  // namespace

const char kEstimateExamples[] =
    "Examples:\n"
    "  polyfleet estimate train scenario.toml\n"
    "  polyfleet estimate train --model llama3.1-8b --accelerator nv_h100_sxm --devices 8 \\\n"
    "      --global-batch 128 --sequence 8192 --precision fp8\n"
    "  polyfleet estimate train --model ./config.json --system amd_helios --devices 72 --tp 8 \\\n"
    "      --global-batch 144 --sequence 4096 --set plan.overlap.tensor=0.6 --explain\n"
    "  polyfleet estimate train scenario.toml --tp 4 --timeline step.json   (open in Perfetto)\n"
    "  polyfleet estimate train scenario.toml --sweep accelerator.memory_bandwidth=4TB/s:10TB/s:7\n"
    "Flags and --set win over the file. Exit code 1: the plan does not fit in memory.";

CommandSpec estimate_train_command(EstimateArguments& arguments) {
  return {{"estimate", "train"},
          "One training step of a plan",
          kEstimateExamples,
          estimate_options(arguments),
          [&] { return run_estimate_train(arguments); }};
}

}  // namespace polyfleet
