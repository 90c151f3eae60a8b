// `simulate fleet`: gigawatts over years, played out, with futures where asked for.
#include <memory>

#include "app/fleet_files.hpp"
#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_study.hpp"
#include "app/question_kinds.hpp"
#include "report/fleet_csv.hpp"
#include "report/fleet_json.hpp"
#include "report/fleet_text.hpp"
#include "view/fleet_page.hpp"

namespace polyfleet {
namespace {

constexpr double kMostFutures = 1'000'000;

FleetStudyOptions study_options(const Question& question, const RunControl& control) {
  FleetStudyOptions options;
  options.futures = static_cast<int>(integer_option(question, "futures"));
  options.seed = static_cast<std::uint64_t>(integer_option(question, "seed"));
  if (const auto file = question.files.find("resume"); file != question.files.end())
    options.store = file->second;
  options.with_tornado = flag_option(question, "tornado");
  options.with_tree = flag_option(question, "tree");
  options.with_hourly = true;  // the highest hour of all sites together
  if (!flag_option(question, "fresh")) options.rates = usual_rate_folder();
  options.threads = control.threads;
  options.stop = control.stop;
  options.progress = control.progress;
  return options;
}

Verdict verdict_of(const FleetAnswer& answer) {
  if (answer.run.interrupted || (answer.futures && answer.futures->futures.interrupted))
    return Verdict::interrupted;
  return answer.run.feasible() ? Verdict::ok : Verdict::infeasible;
}

Result<Reply> ask_simulate_fleet(const Question& question, Workspace& workspace,
                                 const RunControl& control) {
  const FleetStudyOptions options = study_options(question, control);
  if (!options.store.empty() && options.futures == 0)
    return problem_at({"--resume", 0, 0}, "a file to resume from without futures",
                      "say how many: --futures 200");
  Result<FleetDocument> document = fleet_document_of(question, control, workspace);
  if (!document) return document.problems();
  Result<FleetAnswer> done = run_fleet(*std::move(document), workspace, options);
  if (!done) return done.problems();
  const auto answer = std::make_shared<const FleetAnswer>(*std::move(done));
  const FleetPageOptions shown{
      text_option(question, "by") == "quarter" ? FleetSliceKind::quarter : FleetSliceKind::year,
      flag_option(question, "explain")};
  WrittenFiles written;
  if (question.files.contains("csv"))
    written = written_files(question, fleet_csv(*answer, flag_option(question, "hourly")));
  return Reply{.verdict = verdict_of(*answer),
               .json = [=] { return fleet_json(*answer, shown.slices); },
               .text =
                   [=](const PageStyle& style) {
                     return fleet_text(*answer, shown, style) + written.sentence;
                   },
               .page = [=] { return fleet_page(*answer); },
               .unwritten = written.problems};
}

}  // namespace

QuestionKind simulate_fleet_kind() {
  return {
      .command = "simulate fleet",
      .summary = "Gigawatts over years: deliveries, work, energy, carbon, money, deals, futures",
      .scenario_help = "a fleet in TOML (docs/fleet_scenarios.md)",
      .scenario = ScenarioUse::required,
      .threaded = true,
      .stoppable = true,
      .quick = false,
      .options = {{.name = "futures",
                   .kind = OptionKind::integer,
                   .help = "play N futures of delays, demand, prices, failures and software: "
                           "percentiles on every line",
                   .type = "N",
                   .least = 0,
                   .most = kMostFutures,
                   .usual = 0},
                  {.name = "seed",
                   .kind = OptionKind::integer,
                   .help = "of every random draw; the same seed gives the same bytes",
                   .type = "N",
                   .least = 0,
                   .usual = 1},
                  {.name = "tornado",
                   .help = "what matters: each uncertain input alone, low and high"},
                  {.name = "tree", .help = "the scenario's branches, each played out"},
                  {.name = "by",
                   .kind = OptionKind::text,
                   .help = "columns of the tables",
                   .choices = {"year", "quarter"},
                   .usual = "year"},
                  {.name = "hourly",
                   .help = "with --csv: energy_hourly.csv too, every hour of every site"},
                  {.name = "fresh", .help = "predict every rate anew instead of taking kept ones"},
                  {.name = "explain",
                   .help =
                       "rates with their plans and engines, ledger rows behind each line, every "
                       "assumption"}},
      .files = {{"csv", "write ledger, periods, deliveries, limits and percentiles as CSV files",
                 "DIR"},
                {"resume", "keep finished futures in this file and go on from it"}},
      .ask = ask_simulate_fleet};
}

}  // namespace polyfleet
