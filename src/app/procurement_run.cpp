#include "app/procurement_run.hpp"

#include <fmt/format.h>

#include "app/fleet_run_study.hpp"
#include "app/procurement_document.hpp"
#include "fleet/period_problem.hpp"

namespace polyfleet {
namespace {

void tell(const ProcurementOptions& options, const std::string& what, double share = -1) {
  if (options.progress) options.progress(what, share);
}

Result<int> period_of_day(const FleetTime& time, const CalendarDate& day_asked) {
  const FleetHour at = time.hour_of(day_asked);
  if (at >= 0 && at < time.hours()) return time.period_of(at);
  return Diagnostics{problem_at({"--front", 0, 0},
                                fmt::format("{} is not in the study", print_date(day_asked)),
                                fmt::format("give a day from {} on and before {}",
                                            print_date(time.begin()), print_date(time.end())))};
}

FrontReport front_of(const FleetModel& model, int period, const ProcurementOptions& options) {
  FrontReport report;
  report.front = fleet_front(model, period, options.front_points);
  report.problem = period_problem(model, period).problem;
  report.day = print_date(*options.front_day);
  return report;
}

/// Quarters in which nothing must be met, because nothing bought can work yet.
void note_early_quarters(ProcurementReport& report) {
  const ProcurementProblem& problem = report.problem;
  if (problem.meet_from == 0 || report.terms.meet_from) return;
  report.assumptions.push_back(fmt::format(
      "demand before {} need not be met, at the loss of its value: nothing bought works before",
      problem.quarters[static_cast<std::size_t>(problem.meet_from)].name));
}

int first_quarter_from(const FleetModel& model, FleetHour at) {
  const std::vector<FleetHour> begins = quarters_of(model.time);
  int quarter = 0;
  while (quarter + 2 < static_cast<int>(begins.size()) &&
         begins[static_cast<std::size_t>(quarter)] < at)
    ++quarter;
  return quarter;
}

}  // namespace

Result<ProcurementReport> run_procurement(FleetDocument document, const Workspace& workspace,
                                          const ProcurementOptions& options) {
  ProcurementReport report;
  auto terms = read_procurement_terms(document.plan, document.model, report.assumptions);
  if (!terms) return terms.problems();
  std::optional<int> period;
  if (options.front_day) {
    const Result<int> found = period_of_day(document.model.time, *options.front_day);
    if (!found) return found.problems();
    period = *found;
  }
  FleetStudyOptions study;
  study.rates = options.rates;
  study.threads = options.threads;
  study.stop = options.stop;
  study.progress = options.progress;
  if (const Diagnostics problems = fill_rates(document, workspace, study); !problems.empty())
    return problems;

  tell(options, "planning purchases");
  report.terms = *std::move(terms);
  report.problem = procurement_problem(document.model, report.terms);
  note_early_quarters(report);
  report.plan = ProcurementPlanner(report.problem).plan(options.stop);
  report.lost_from = first_quarter_from(document.model, report.terms.lost_from);
  if (options.with_frontier && report.plan.feasible) {
    FrontierOptions frontier;
    frontier.shares = report.terms.frontier;
    frontier.lost_from = report.lost_from;
    frontier.stop = options.stop;
    frontier.progress = [&](int done, int all) {
      tell(options,
           fmt::format("diversification, {} of {} plans (Ctrl-C: report so far)", done, all),
           all > 0 ? static_cast<double>(done) / all : -1);
    };
    report.frontier = diversification_frontier(report.problem, frontier);
  }
  if (period) {
    tell(options, "front of energy against output");
    report.front = front_of(document.model, *period, options);
  }
  report.interrupted = report.plan.interrupted || (options.stop && options.stop->load());
  report.model = std::move(document.model);
  return report;
}

}  // namespace polyfleet
