#include "cli/validate_serve_command.hpp"

#include <fmt/format.h>

#include <mutex>

#include "app/serve_validation_run.hpp"
#include "base/files.hpp"
#include "cli/output.hpp"
#include "report/serve_requests_report.hpp"

namespace polyfleet {

int run_validate_serve(Workspace& workspace, const ValidateArguments& arguments) {
  std::mutex guard;
  const auto progress = [&guard](double share) {
    const std::lock_guard lock(guard);
    show_progress(fmt::format("simulating every configuration ... {:.0f} %", 100 * share));
  };
  const Result<ValidationAnswer> answer =
      run_serve_validation(workspace, {.data = arguments.data,
                                       .split = arguments.split,
                                       .strict = arguments.strict,
                                       .progress = progress});
  show_progress({});
  if (!answer) return bad_input(answer.problems());
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

int run_validate_requests(Workspace& workspace, const ValidateArguments& arguments) {
  const Result<std::vector<RequestRun>> runs = run_request_validation(workspace, arguments.data);
  if (!runs) return bad_input(runs.problems());
  if (!arguments.rows.empty()) {
    if (const auto written = write_file(arguments.rows, request_rows_csv(*runs)); !written)
      return bad_input(written.problems());
  }
  if (arguments.json) {
    print_json(serve_requests_json(*runs));
  } else {
    print(serve_requests_text(*runs, output_style()));
  }
  return kExitOk;
}

}  // namespace polyfleet
