#include "app/validation_run.hpp"
#include "base/files.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace polyfleet {
namespace {

int run_validate(const ValidateArguments& arguments) {
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  show_progress("predicting every row ...");
  const Result<ValidationAnswer> answer = run_validation(**workspace, {.what = arguments.what,
                                                                       .data = arguments.data,
                                                                       .split = arguments.split,
                                                                       .strict = arguments.strict});
  if (!answer) return bad_input(answer.problems());
  show_progress({});
  if (!arguments.rows.empty()) {
    if (const auto written = write_file(arguments.rows, answer->rows_csv); !written)
      return bad_input(written.problems());
  }
  if (arguments.json) {
    print_json(validation_json(answer->report));
  } else {
    print(validation_text(answer->report, output_style()));
  }
  return kExitOk;
}

}  // namespace

CommandSpec validate_command(ValidateArguments& arguments) {
  return {{"validate"},
          "Predicts published measurements and prints the errors",
          "Examples:\n"
          "  polyfleet validate train\n"
          "  polyfleet validate train --strict --split test --json\n"
          "  polyfleet validate train --data my_runs.csv --rows predictions.csv\n"
          "  polyfleet validate collectives",
          {{.names = "what",
            .target = &arguments.what,
            .help = "kernels, collectives, memory or train",
            .choices = {"kernels", "collectives", "memory", "train"},
            .required = true},
           {"--data", &arguments.data, "a table of your own (default: the shipped one)", "FILE"},
           {"--rows", &arguments.rows, "write every row with its prediction", "OUT.csv"},
           {.names = "--split",
            .target = &arguments.split,
            .help = "train: the half that software maturity was fitted on; test: the other half; "
                    "all",
            .choices = {"train", "test", "all"},
            .show_default = true},
           {"--strict", &arguments.strict, "without the software-maturity factor"},
           {"--json", &arguments.json, "as JSON"}},
          [&] { return run_validate(arguments); }};
}

}  // namespace polyfleet
