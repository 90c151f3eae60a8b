#include "view/run_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/plan_rows.hpp"
#include "training/goodput.hpp"
#include "units/text.hpp"
#include "view/training_page.hpp"
#include "view/training_sources.hpp"
#include "view/training_time.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

double days(Seconds length) { return length / day; }

std::vector<FigureSource> sources_of(const RunForecast& run) {
  return {{fmt::format("failures: {} ({}): {}", run.failures.record->name,
                       run.failures.record->status, run.failures.record->source),
           {}},
          {"checkpoint: " + run.checkpoint.basis, {}}};
}

PageFigure run_parts_figure(const RunForecast& run) {
  PageFigure figure{.id = "run_parts", .title = "Where the days go"};
  std::vector<std::string> names;
  std::vector<double> times, shares;
  for (const RunPart& part : run.parts) {
    if (part.time == 0 * second) continue;
    names.push_back(part.name);
    times.push_back(days(part.time));
    shares.push_back(100 * (part.time / run.expected.length));
  }
  figure.reading = fmt::format(
      "The parts sum to the run's {}; {} of it is productive. Parts that take no time "
      "are left out.",
      length_text(run.expected.length), share_text(run.expected.ettr));
  figure.chart = BarChart{.category = "part", .values = {"time"}, .horizontal = true};
  figure.data.word("part", std::move(names))
      .number("time", "days", std::move(times))
      .number("share", "%", std::move(shares));
  figure.assumptions = assumption_sentences(run.assumptions);
  figure.sources = sources_of(run);
  return figure;
}

/// The same without the productive time, so that its parts can be told apart.
PageFigure losses_figure(const RunForecast& run) {
  PageFigure figure{.id = "run_losses", .title = "What is not productive"};
  std::vector<std::string> names;
  std::vector<double> times, shares;
  const Seconds productive = run.parts.front().time;
  const Seconds lost = run.expected.length - productive;
  for (std::size_t i = 1; i < run.parts.size(); ++i) {
    const RunPart& part = run.parts[i];
    if (part.time == 0 * second) continue;
    names.push_back(part.name);
    times.push_back(days(part.time));
    shares.push_back(100 * (part.time / lost));
  }
  figure.reading =
      fmt::format("The {} that are not {}.", length_text(lost), run.parts.front().name);
  figure.chart = BarChart{.category = "part", .values = {"time"}, .horizontal = true};
  figure.data.word("part", std::move(names))
      .number("time", "days", std::move(times))
      .number("share", "%", std::move(shares));
  figure.assumptions = assumption_sentences(run.assumptions);
  figure.sources = sources_of(run);
  return figure;
}

PageFigure range_figure(const RunForecast& run) {
  PageFigure figure{.id = "run_range", .title = "How sure the end is"};
  const std::pair<const char*, const RunCase*> cases[] = {
      {"best", &run.best}, {"expected", &run.expected}, {"worst", &run.worst}};
  std::vector<std::string> names, ends;
  std::vector<double> lengths, ettr, failures, energy, cost;
  for (const auto& [name, each] : cases) {
    names.emplace_back(name);
    lengths.push_back(std::isfinite(each->length.base()) ? days(each->length) : kUnknown);
    ettr.push_back(100 * each->ettr);
    failures.push_back(each->failure_rate * (1 * day));
    energy.push_back(each->energy ? *each->energy / megawatt_hour : kUnknown);
    cost.push_back(each->cost ? *each->cost / usd : kUnknown);
    ends.push_back(each->end ? print_date(*each->end) : std::string{});
  }
  figure.reading =
      "Best and worst take the ends of the step's 80 % interval together with the ends of what "
      "published fleets fail. An empty cell is unknown.";
  figure.chart = BarChart{.category = "case", .values = {"length"}, .horizontal = true};
  figure.data.word("case", std::move(names))
      .number("length", "days", std::move(lengths))
      .number("effective time", "%", std::move(ettr))
      .number("failures a day", "", std::move(failures))
      .number("energy at the meter", "MWh", std::move(energy))
      .number("cost", "USD", std::move(cost))
      .word("end", std::move(ends));
  figure.assumptions = {fmt::format("Failure rates x {:.2f} to x {:.2f} between published fleets.",
                                    run.failures.rate_low, run.failures.rate_high)};
  figure.sources = sources_of(run);
  return figure;
}

/// The closed form of the run at other intervals between checkpoints.
PageFigure interval_figure(const RunForecast& run) {
  constexpr double kReach = 16;  // times shorter and longer than the chosen interval
  constexpr int kPoints = 97;
  PageFigure figure{.id = "checkpoint_interval", .title = "The interval between checkpoints"};
  std::vector<double> intervals, standing, redone, both;
  for (int i = 0; i < kPoints; ++i) {
    RunProcess process = run.process;
    process.interval =
        run.process.interval * std::pow(kReach, 2 * static_cast<double>(i) / (kPoints - 1) - 1);
    if (process.interval < process.background) continue;
    const RunOverheads overheads = expected_overheads(process);
    intervals.push_back(process.interval / minute);
    standing.push_back(100 * overheads.checkpoint);
    redone.push_back(100 * overheads.redone);
    both.push_back(standing.back() + redone.back());
  }
  figure.reading = fmt::format(
      "Time lost for every productive hour, in percent: more checkpoints stand more often, fewer "
      "lose more work. Chosen{}: every {} ({:.0f} steps); Young {}, Daly {}, exact optimum {}.",
      run.interval.pinned ? ", as stated" : "", print_quantity(run.interval.chosen),
      run.interval.steps, print_quantity(run.interval.young), print_quantity(run.interval.daly),
      print_quantity(run.interval.exact));
  figure.chart = LineChart{.x = "interval",
                           .values = {"both", "standing at checkpoints", "work done again"},
                           .x_scale = AxisScale::logarithmic};
  figure.data.number("interval", "min", std::move(intervals))
      .number("both", "%", std::move(both))
      .number("standing at checkpoints", "%", std::move(standing))
      .number("work done again", "%", std::move(redone));
  figure.assumptions = {
      "A constant failure rate; the expectation is exact for the process "
      "(docs/goodput.md)."};
  if (run.process.background > 0 * second)
    figure.assumptions.push_back(fmt::format(
        "No interval is shorter than the write behind training, {}; the curve begins there.",
        print_quantity(run.process.background)));
  figure.sources = sources_of(run);
  return figure;
}

PageFigure failures_figure(const RunForecast& run) {
  PageFigure figure{.id = "failures", .title = "What interrupts the run"};
  std::vector<std::string> names, components, kinds;
  std::vector<double> rates, expected;
  for (const ScaledCause& each : run.failures.causes) {
    names.push_back(each.cause->name);
    components.push_back(each.cause->component);
    kinds.emplace_back(each.cause->planned ? "announced" : "failure");
    rates.push_back(each.rate * (1 * day));
    expected.push_back(each.rate * run.expected.length);
  }
  figure.reading = fmt::format(
      "Events a day at the size of this run, by cause: {:.0f} failures and {:.0f} announced stops "
      "are expected over it.",
      run.expected_failures, run.expected_planned);
  figure.chart = BarChart{.category = "cause", .values = {"a day"}, .horizontal = true};
  figure.data.word("cause", std::move(names))
      .number("a day", "", std::move(rates))
      .number("over the run's length", "", std::move(expected))
      .word("of", std::move(components))
      .word("kind", std::move(kinds));
  figure.assumptions = {
      fmt::format("Rates as {}: {}.", run.failures.borrowed ? "lent by" : "recorded by",
                  run.failures.record->name),
      "Causes are independent and come at a constant rate."};
  figure.sources = sources_of(run);
  return figure;
}

/// Share of the simulated runs that ended by a time, at evenly spaced shares.
PageFigure simulation_figure(const SimulatedRuns& runs, const RunForecast& run) {
  constexpr int kQuantiles = 200;
  PageFigure figure{.id = "simulated", .title = "When simulated runs end"};
  std::vector<double> lengths, shares;
  for (int i = 0; i <= kQuantiles && !runs.lengths.empty(); ++i) {
    const double share = static_cast<double>(i) / kQuantiles;
    lengths.push_back(days(runs.length_quantile(share)));
    shares.push_back(100 * share);
  }
  figure.reading = fmt::format(
      "Share of {} simulated runs that ended within a time. Half end within {}, nine of ten within "
      "{}; the closed form says {}.",
      runs.ettr.count(), print_quantity(runs.length_quantile(0.5)),
      print_quantity(runs.length_quantile(0.9)), length_text(run.expected.length));
  if (runs.given_up > 0)
    figure.reading += fmt::format(" {} runs would never end and are left out.", runs.given_up);
  figure.chart = LineChart{.x = "length", .values = {"ended"}};
  figure.data.number("length", "days", std::move(lengths)).number("ended", "%", std::move(shares));
  figure.assumptions = {
      "Only failures are random here: the step time and the failure rates are "
      "the expected ones."};
  figure.sources = sources_of(run);
  return figure;
}

std::string range_note(const std::string& best, const std::string& worst) {
  return best == worst ? std::string{} : fmt::format("{} to {}", best, worst);
}

template <class Q>
std::string known_text(const RunCase& each, std::optional<Q> RunCase::*member) {
  if (!std::isfinite(each.length.base())) return "without end";
  return each.*member ? print_quantity(*(each.*member)) : "unknown";
}

}  // namespace

std::vector<PageFact> run_facts(const RunQuestion& question, const RunForecast& run) {
  std::vector<PageFact> facts;
  facts.push_back({"length of the run", length_text(run.expected.length),
                   range_note(length_text(run.best.length), length_text(run.worst.length))});
  if (question.start) {
    const auto date = [](const RunCase& each) {
      return each.end ? print_date(*each.end) : length_text(each.length);
    };
    facts.push_back({"end", date(run.expected), range_note(date(run.best), date(run.worst))});
  }
  facts.push_back({"effective time", share_text(run.expected.ettr),
                   range_note(share_text(run.best.ettr), share_text(run.worst.ettr))});
  facts.push_back({"energy of the run", known_text(run.expected, &RunCase::energy),
                   range_note(known_text(run.best, &RunCase::energy),
                              known_text(run.worst, &RunCase::energy))});
  facts.push_back(
      {"cost of the run", known_text(run.expected, &RunCase::cost),
       range_note(known_text(run.best, &RunCase::cost), known_text(run.worst, &RunCase::cost))});
  facts.push_back({"failures", fmt::format("{:.0f}", run.expected_failures),
                   "one every " + print_quantity(1.0 / run.expected.failure_rate)});
  facts.push_back({"spare nodes", fmt::format("{}", run.spares.nodes),
                   fmt::format("of {} accelerators; {} needed", run.spares.accelerators_per_node,
                               run.spares.needed)});
  return facts;
}

FigureSection run_section(const RunForecast& run) {
  return {"The run", {run_parts_figure(run), losses_figure(run), range_figure(run)}};
}

FigurePage run_page(const RunAnswer& answer, const Catalogue& catalogue) {
  const RunForecast& run = answer.forecast;
  const TrainingScenario& scenario = answer.training.scenario;
  FigurePage page;
  page.title = scenario.name.empty() ? scenario.model.name : scenario.name;
  page.subtitle = fmt::format("A run of {} in {} steps: {}", print_quantity(run.tokens * token),
                              grouped(std::llround(run.steps)), training_question(answer.training));
  page.facts = run_facts(answer.question, run);
  page.facts.push_back({"step time", print_quantity(run.expected.step),
                        range_note(print_quantity(run.best.step), print_quantity(run.worst.step))});
  page.notices = training_notices(answer.training);
  page.notices.insert(page.notices.end(), run.warnings.begin(), run.warnings.end());
  FigureSection section = run_section(run);
  if (answer.simulated != nullptr)
    section.figures.push_back(simulation_figure(*answer.simulated, run));
  page.sections.push_back(std::move(section));
  page.sections.push_back(
      {"Failures and checkpoints", {interval_figure(run), failures_figure(run)}});
  const TrainingSources sources = training_sources(answer.training, catalogue);
  FigureSection basis{"What it rests on", {step_figure(answer.training, sources)}};
  basis.figures.push_back(assumption_figure("run_assumptions", run.assumptions));
  basis.figures.back().title = "What was assumed of the run";
  if (!scenario.assumptions.empty()) {
    basis.figures.push_back(assumption_figure("step_assumptions", scenario.assumptions));
    basis.figures.back().title = "What was assumed of the step";
  }
  page.sections.push_back(std::move(basis));
  return page;
}

}  // namespace polyfleet
