#include "app/training_run.hpp"
#include "base/files.hpp"
#include "cli/commands.hpp"
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

}  // namespace

int run_estimate_train(const EstimateArguments& arguments) {
  if (!arguments.faulty_settings.empty()) return bad_input(arguments.faulty_settings);
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  Result<ResolvedTraining> resolved =
      read_scenario(**workspace, arguments.scenario, arguments.settings);
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

}  // namespace polyfleet
