#include <fmt/format.h>

#include <mutex>

#include "app/mixed_validation_run.hpp"
#include "app/plans_validation.hpp"
#include "app/validation_run.hpp"
#include "base/files.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/validate_serve_command.hpp"
#include "report/fleet_cases_text.hpp"
#include "report/mixed_validation_report.hpp"
#include "report/plans_report.hpp"
#include "report/plans_summary.hpp"

namespace polyfleet {
namespace {

/// Writes the rows where asked, then prints the report as JSON or text.
template <class Csv, class Json, class Text>
int show(const ValidateArguments& arguments, const Csv& csv, const Json& json, const Text& text) {
  show_progress({});
  if (!arguments.rows.empty()) {
    if (const auto written = write_file(arguments.rows, csv()); !written)
      return bad_input(written.problems());
  }
  if (arguments.json) {
    print_json(json());
  } else {
    print(text());
  }
  return kExitOk;
}

/// Exit code 1: a published plan that the planner could have chosen beats its own.
int run_validate_plans(Workspace& workspace, const ValidateArguments& arguments) {
  std::mutex guard;
  const auto progress = [&guard](double share) {
    const std::lock_guard lock(guard);
    show_progress(fmt::format("planning every published run ... {:.0f} %", 100 * share));
  };
  const Result<PlanValidation> answer =
      run_plans_validation(workspace, {.data = arguments.data,
                                       .strict = arguments.strict,
                                       .limit = static_cast<std::size_t>(arguments.limit),
                                       .progress = progress});
  if (!answer) return bad_input(answer.problems());
  const int shown = show(
      arguments, [&] { return plans_csv(*answer); }, [&] { return plans_json(*answer); },
      [&] { return plans_text(*answer, output_style()); });
  if (shown != kExitOk) return shown;
  const PlansSummary all = summary_of(*answer);
  return all.no_slower_inside == all.inside ? kExitOk : kExitInfeasible;
}

int run_validate_mixed(Workspace& workspace, const ValidateArguments& arguments) {
  const Result<MixedValidation> answer = run_mixed_validation(
      workspace, {.what = arguments.what, .data = arguments.data, .strict = arguments.strict});
  if (!answer) return bad_input(answer.problems());
  return show(
      arguments, [&] { return mixed_validation_csv(*answer); },
      [&] { return mixed_validation_json(*answer); },
      [&] { return mixed_validation_text(*answer, output_style()); });
}

/// Exit code 1: a case is outside its tolerance.
int run_validate_fleet(Workspace& workspace, const ValidateArguments& arguments) {
  const Result<FleetCases> cases =
      run_fleet_cases({workspace.data_directory(), workspace.validation_directory()});
  if (!cases) return bad_input(cases.problems());
  const int shown = show(
      arguments, [&] { return fleet_cases_csv(*cases); }, [&] { return fleet_cases_json(*cases); },
      [&] { return fleet_cases_text(*cases, output_style()); });
  if (shown != kExitOk) return shown;
  return cases->missed() == 0 ? kExitOk : kExitInfeasible;
}

int run_validate(const ValidateArguments& arguments) {
  if (arguments.limit < 0) return bad_input({problem("--limit must not be negative")});
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  if (arguments.what == "plans") return run_validate_plans(**workspace, arguments);
  if (arguments.what == "mixed") return run_validate_mixed(**workspace, arguments);
  if (arguments.what == "fleet") return run_validate_fleet(**workspace, arguments);
  if (arguments.what == "serve") return run_validate_serve(**workspace, arguments);
  if (arguments.what == "requests") return run_validate_requests(**workspace, arguments);
  show_progress("predicting every row ...");
  const Result<ValidationAnswer> answer = run_validation(**workspace, {.what = arguments.what,
                                                                       .data = arguments.data,
                                                                       .split = arguments.split,
                                                                       .strict = arguments.strict});
  if (!answer) return bad_input(answer.problems());
  return show(
      arguments, [&] { return answer->rows_csv; }, [&] { return validation_json(answer->report); },
      [&] { return validation_text(answer->report, output_style()); });
}

}  // namespace

CommandSpec validate_command(ValidateArguments& arguments) {
  return {
      {"validate"},
      "Predicts published measurements and prints the errors",
      "Examples:\n"
      "  polyfleet validate train\n"
      "  polyfleet validate train --strict --split test --json\n"
      "  polyfleet validate train --data my_runs.csv --rows predictions.csv\n"
      "  polyfleet validate serve --rows predictions.csv\n"
      "  polyfleet validate collectives\n"
      "  polyfleet validate mixed\n"
      "  polyfleet validate fleet\n"
      "  polyfleet validate plans --limit 20",
      {{.names = "what",
        .target = &arguments.what,
        .help = "kernels, collectives, memory, train, serve (published serving runs), requests "
                "(measured servers), mixed (several "
                "vendors in one run), plans (published tuned plans against the planner's own), or "
                "fleet: "
                "jobs, failures, power and cost against published figures",
        .choices = {"kernels", "collectives", "memory", "train", "serve", "requests", "mixed",
                    "plans", "fleet"},
        .required = true},
       {"--data", &arguments.data, "a table of your own (default: the shipped one)", "FILE"},
       {"--rows", &arguments.rows, "write every row with its prediction", "OUT.csv"},
       {.names = "--split",
        .target = &arguments.split,
        .help = "train: the half that software maturity (serve: host times) was fitted on; "
                "test: the other half; all",
        .choices = {"train", "test", "all"},
        .show_default = true},
       {"--limit", &arguments.limit, "plans: at most N configurations, spread over the table", "N"},
       {"--strict", &arguments.strict, "without the software-maturity factor (serve: host times)"},
       {"--json", &arguments.json, "as JSON"}},
      [&] { return run_validate(arguments); }};
}

}  // namespace polyfleet
