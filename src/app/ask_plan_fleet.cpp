// `plan fleet`: what to buy, when, where and from whom.
#include <memory>

#include "app/fleet_files.hpp"
#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_study.hpp"
#include "app/procurement_run.hpp"
#include "app/question_kinds.hpp"
#include "view/procurement_page.hpp"

namespace polyfleet {
namespace {

constexpr double kMostFrontPoints = 1000;

Result<ProcurementOptions> options_of(const Question& question, const RunControl& control) {
  ProcurementOptions options;
  options.with_frontier = flag_option(question, "diversify");
  if (const std::string text = text_option(question, "front"); !text.empty()) {
    Result<CalendarDate> date = parse_date(text);
    if (!date) {
      Diagnostics problems = date.problems();
      for (Diagnostic& each : problems) each.where = {"--front", 0, 0};
      return problems;
    }
    options.front_day = *date;
  }
  options.front_points = static_cast<int>(integer_option(question, "points"));
  if (!flag_option(question, "fresh")) options.rates = usual_rate_folder();
  options.threads = control.threads;
  options.stop = control.stop;
  options.progress = control.progress;
  return options;
}

Verdict verdict_of(const ProcurementReport& report) {
  if (report.interrupted) return Verdict::interrupted;
  return report.plan.feasible ? Verdict::ok : Verdict::infeasible;
}

Result<Reply> ask_plan_fleet(const Question& question, Workspace& workspace,
                             const RunControl& control) {
  const Result<ProcurementOptions> options = options_of(question, control);
  if (!options) return options.problems();
  Result<FleetDocument> document = fleet_document_of(question, control, workspace);
  if (!document) return document.problems();
  Result<ProcurementReport> done = run_procurement(*std::move(document), workspace, *options);
  if (!done) return done.problems();
  const auto report = std::make_shared<const ProcurementReport>(*std::move(done));
  WrittenFiles written;
  if (question.files.contains("csv")) written = written_files(question, procurement_csv(*report));
  const bool explain = flag_option(question, "explain");
  return Reply{.verdict = verdict_of(*report),
               .json = [=] { return procurement_json(*report); },
               .text =
                   [=](const PageStyle& style) {
                     return procurement_text(*report, explain, style) + written.sentence;
                   },
               .page = [=] { return procurement_page(*report); },
               .unwritten = written.problems};
}

}  // namespace

QuestionKind plan_fleet_kind() {
  return {
      .command = "plan fleet",
      .summary =
          "What to buy, when, where and from whom, under power, budgets, carbon and deliveries",
      .scenario_help =
          "a fleet in TOML (docs/fleet_scenarios.md); its [plan]: docs/fleet_planning.md",
      .scenario = ScenarioUse::required,
      .threaded = true,
      .stoppable = true,
      .quick = false,
      .options = {{.name = "diversify",
                   .help = "the cost of capping every vendor's share, and of losing a vendor"},
                  {.name = "front",
                   .kind = OptionKind::text,
                   .help = "least energy, carbon and cost of the scenario's fleet for each output "
                           "on this day, with the mix of generations by stage",
                   .type = "DAY"},
                  {.name = "points",
                   .kind = OptionKind::integer,
                   .help = "of the front",
                   .type = "N",
                   .least = 2,
                   .most = kMostFrontPoints,
                   .usual = 10},
                  {.name = "fresh", .help = "predict every rate anew instead of taking kept ones"},
                  {.name = "explain", .help = "every limit that binds, every assumption"}},
      .files = {{"csv", "write purchases, work, limits and fronts as CSV files", "DIR"}},
      .ask = ask_plan_fleet};
}

}  // namespace polyfleet
