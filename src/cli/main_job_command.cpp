#include "app/comparison_run.hpp"
#include "app/validation_run.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace polyfleet {
namespace {

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

int run_main_job(const MainJobArguments& arguments) {
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  const std::string folder =
      arguments.scenarios.empty()
          ? ((*workspace)->data_directory().parent_path() / "scenarios/frontier_equal_megawatts")
                .string()
          : arguments.scenarios;
  show_progress("searching a plan for each system ...");
  const auto run = run_comparison(**workspace, folder);
  if (!run) return bad_input(run.problems());
  show_progress("predicting every published run ...");
  const Result<std::vector<ValidationReport>> reports = validation_summaries(**workspace);
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

}  // namespace

CommandSpec main_job_command(MainJobArguments& arguments) {
  return {{"main-job"},
          "One frontier training run on four systems at equal megawatts",
          "Examples:\n"
          "  polyfleet main-job\n"
          "  polyfleet main-job --scenarios my_comparison/ --json",
          {{"--scenarios", &arguments.scenarios, "a folder of scenarios to compare", "FOLDER"},
           {"--json", &arguments.json, "as JSON"}},
          [&] { return run_main_job(arguments); }};
}

}  // namespace polyfleet
