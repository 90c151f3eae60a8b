#include "app/validation_run.hpp"
#include "base/files.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace polyfleet {

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

}  // namespace polyfleet
