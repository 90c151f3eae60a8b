// `validate`: published measurements, predicted again. One kind of question; its option `what`
// names the table.
#include "app/ask_validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/mixed_validation_run.hpp"
#include "app/plans_validation.hpp"
#include "app/question_kinds.hpp"
#include "app/serve_validation_run.hpp"
#include "base/files.hpp"
#include "report/fleet_cases_text.hpp"
#include "report/mixed_validation_report.hpp"
#include "report/plans_report.hpp"
#include "report/plans_summary.hpp"
#include "report/serve_requests_report.hpp"
#include "view/validation_page.hpp"

namespace polyfleet {
namespace {

/// What one validation gives: the reply, and every row as CSV.
struct Validated {
  Reply reply;
  std::string rows_csv;
};

struct ValidateOptions {
  std::string what, data, split;
  bool strict = false;
  std::size_t limit = 0;
};

ValidateOptions options_of(const Question& question) {
  return {.what = text_option(question, "what"),
          .data = text_option(question, "data"),
          .split = text_option(question, "split"),
          .strict = flag_option(question, "strict"),
          .limit = static_cast<std::size_t>(integer_option(question, "limit"))};
}

/// Progress of one piece of work, if anyone watches.
std::function<void(double)> share_of(const RunControl& control, std::string what) {
  return [&control, what = std::move(what)](double share) {
    if (control.progress) control.progress(what, share);
  };
}

std::filesystem::path table_of(const Workspace& workspace, const ValidateOptions& options,
                               std::string_view shipped) {
  return options.data.empty() ? workspace.validation_directory() / shipped
                              : std::filesystem::path(options.data);
}

Validated validated(ValidationAnswer answer, RowSources sources) {
  const auto report = std::make_shared<const ValidationReport>(std::move(answer.report));
  const auto known = std::make_shared<const RowSources>(std::move(sources));
  return {{.verdict = report->interrupted ? Verdict::interrupted : Verdict::ok,
           .json = [=] { return validation_json(*report); },
           .text = [=](const PageStyle& style) { return validation_text(*report, style); },
           .page = [=] { return validation_page(*report, *known); }},
          std::move(answer.rows_csv)};
}

Result<Validated> ask_tables(Workspace& workspace, const ValidateOptions& options,
                             const RunControl& control) {
  if (control.progress) control.progress("predicting every row ...", -1);
  Result<ValidationAnswer> answer =
      run_validation(workspace, {.what = options.what,
                                 .data = options.data,
                                 .split = options.split,
                                 .strict = options.strict,
                                 .stop = control.stop,
                                 .progress = share_of(control, "predicting rows")});
  if (!answer) return answer.problems();
  const std::string_view shipped = options.what == "train" ? "training.csv" : "microbench.csv";
  RowSources sources;
  if (options.what != "memory") sources = row_sources(table_of(workspace, options, shipped));
  return validated(*std::move(answer), std::move(sources));
}

Result<Validated> ask_serve(Workspace& workspace, const ValidateOptions& options,
                            const RunControl& control) {
  Result<ValidationAnswer> answer = run_serve_validation(
      workspace, {.data = options.data,
                  .split = options.split,
                  .strict = options.strict,
                  .threads = control.threads,
                  .progress = share_of(control, "simulating every configuration"),
                  .stop = control.stop});
  if (!answer) return answer.problems();
  return validated(*std::move(answer), row_sources(table_of(workspace, options, "inference.csv")));
}

Result<Validated> ask_requests(Workspace& workspace, const ValidateOptions& options,
                               const RunControl&) {
  Result<std::vector<RequestRun>> answer = run_request_validation(workspace, options.data);
  if (!answer) return answer.problems();
  const auto runs = std::make_shared<const std::vector<RequestRun>>(*std::move(answer));
  return Validated{
      {.json = [=] { return serve_requests_json(*runs); },
       .text = [=](const PageStyle& style) { return serve_requests_text(*runs, style); },
       .page = [=] { return requests_validation_page(*runs); }},
      request_rows_csv(*runs)};
}

Result<Validated> ask_mixed(Workspace& workspace, const ValidateOptions& options,
                            const RunControl&) {
  Result<MixedValidation> answer = run_mixed_validation(
      workspace, {.what = options.what, .data = options.data, .strict = options.strict});
  if (!answer) return answer.problems();
  const auto mixed = std::make_shared<const MixedValidation>(*std::move(answer));
  return Validated{
      {.json = [=] { return mixed_validation_json(*mixed); },
       .text = [=](const PageStyle& style) { return mixed_validation_text(*mixed, style); },
       .page = [=] { return mixed_validation_page(*mixed); }},
      mixed_validation_csv(*mixed)};
}

/// Infeasible: a published plan that the planner could have chosen beats its own.
Result<Validated> ask_plans(Workspace& workspace, const ValidateOptions& options,
                            const RunControl& control) {
  Result<PlanValidation> answer = run_plans_validation(
      workspace, {.data = options.data,
                  .strict = options.strict,
                  .limit = options.limit,
                  .progress = share_of(control, "planning every published run"),
                  .stop = control.stop});
  if (!answer) return answer.problems();
  if (answer->interrupted && answer->plans.empty()) return stopped_validation();
  const auto plans = std::make_shared<const PlanValidation>(*std::move(answer));
  const auto sources =
      std::make_shared<const RowSources>(row_sources(table_of(workspace, options, "training.csv")));
  const PlansSummary all = summary_of(*plans);
  return Validated{{.verdict = plans->interrupted                   ? Verdict::interrupted
                               : all.no_slower_inside == all.inside ? Verdict::ok
                                                                    : Verdict::infeasible,
                    .json = [=] { return plans_json(*plans); },
                    .text = [=](const PageStyle& style) { return plans_text(*plans, style); },
                    .page = [=] { return plans_validation_page(*plans, *sources); }},
                   plans_csv(*plans)};
}

/// Infeasible: a case is outside its tolerance.
Result<Validated> ask_fleet(Workspace& workspace, const ValidateOptions&,
                            const RunControl& control) {
  Result<FleetCases> answer = run_fleet_cases(
      {workspace.data_directory(), workspace.validation_directory()},
      {.progress = share_of(control, "computing the cases of fleets"), .stop = control.stop});
  if (!answer) return answer.problems();
  const auto cases = std::make_shared<const FleetCases>(*std::move(answer));
  return Validated{{.verdict = cases->missed() == 0 ? Verdict::ok : Verdict::infeasible,
                    .json = [=] { return fleet_cases_json(*cases); },
                    .text = [=](const PageStyle& style) { return fleet_cases_text(*cases, style); },
                    .page = [=] { return fleet_cases_page(*cases); }},
                   fleet_cases_csv(*cases)};
}

Result<Validated> ask_table(Workspace& workspace, const ValidateOptions& options,
                            const RunControl& control) {
  if (options.what == "plans") return ask_plans(workspace, options, control);
  if (options.what == "mixed") return ask_mixed(workspace, options, control);
  if (options.what == "fleet") return ask_fleet(workspace, options, control);
  if (options.what == "serve") return ask_serve(workspace, options, control);
  if (options.what == "requests") return ask_requests(workspace, options, control);
  return ask_tables(workspace, options, control);
}

Result<Reply> ask_validate(const Question& question, Workspace& workspace,
                           const RunControl& control) {
  if (control.stop != nullptr && control.stop->load()) return stopped_validation();
  Result<Validated> answer = ask_table(workspace, options_of(question), control);
  if (!answer) return answer.problems();
  if (const auto file = question.files.find("rows"); file != question.files.end()) {
    if (const auto written = write_file(file->second, answer->rows_csv); !written)
      return written.problems();
  }
  return std::move(answer->reply);
}

}  // namespace

QuestionKind validate_kind() {
  return {
      .command = "validate",
      .summary = "Predicts published measurements and prints the errors",
      .scenario_help = "",
      .scenario = ScenarioUse::none,
      .takes_settings = false,
      .threaded = false,
      .stoppable = true,
      .quick = false,
      .options =
          {{.name = "what",
            .kind = OptionKind::text,
            .help = "kernels, collectives, memory, train, serve (published serving runs), requests "
                    "(measured servers), mixed (several "
                    "vendors in one run), plans (published tuned plans against the planner's own), "
                    "or fleet: "
                    "jobs, failures, power and cost against published figures",
            .choices = {"kernels", "collectives", "memory", "train", "serve", "requests", "mixed",
                        "plans", "fleet"},
            .positional = true,
            .required = true},
           {.name = "data",
            .kind = OptionKind::text,
            .help = "a table of your own (default: the shipped one)",
            .type = "FILE"},
           {.name = "split",
            .kind = OptionKind::text,
            .help = "train: the half that software maturity (serve: host times) was fitted on; "
                    "test: the other half; all",
            .choices = {"train", "test", "all"},
            .usual = "all"},
           {.name = "limit",
            .kind = OptionKind::integer,
            .help = "plans: at most N configurations, spread over the table",
            .type = "N",
            .least = 0},
           {.name = "strict", .help = "without the software-maturity factor (serve: host times)"}},
      .files = {{"rows", "write every row with its prediction", "OUT.csv"}},
      .ask = ask_validate};
}

}  // namespace polyfleet
