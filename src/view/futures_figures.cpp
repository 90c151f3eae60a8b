#include "view/futures_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "capital/deal_date.hpp"
#include "report/fleet_table.hpp"
#include "report/futures_text.hpp"
#include "report/futures_units.hpp"
#include "view/deal_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kOutcomeBins = 20;

std::string over_text(const FuturesAnswer& answer) {
  return fmt::format("{} futures, seed {}", answer.futures.done, answer.futures.seed);
}

std::vector<std::string> draw_notes(const FuturesAnswer& answer) {
  return {fmt::format("{}; each draws {} uncertain inputs together.", over_text(answer),
                      answer.futures.inputs.size())};
}

/// The columns of a spread in one unit.
struct SpreadColumns {
  std::vector<double> plan, p5, p25, p50, p75, p95, mean;
  void add(const OutcomeSpread& spread, double planned, double factor) {
    plan.push_back(rounded(planned * factor));
    p5.push_back(rounded(spread.p5 * factor));
    p25.push_back(rounded(spread.p25 * factor));
    p50.push_back(rounded(spread.p50 * factor));
    p75.push_back(rounded(spread.p75 * factor));
    p95.push_back(rounded(spread.p95 * factor));
    mean.push_back(rounded(spread.mean * factor));
  }
  void add_to(DataTable& table, const std::string& unit) const {
    table.number("plan", unit, plan).number("5 %", unit, p5).number("25 %", unit, p25);
    table.number("50 %", unit, p50).number("75 %", unit, p75).number("95 %", unit, p95);
    table.number("mean", unit, mean);
  }
};

double largest_of(const OutcomeSpread& spread, double plan) {
  return std::max({std::abs(spread.p5), std::abs(spread.p95), std::abs(plan)});
}

PageFigure against_plan(const FuturesAnswer& answer) {
  const Futures& futures = answer.futures;
  std::vector<std::string> names, units;
  SpreadColumns columns;
  std::vector<double> low, middle, high;
  for (const int index : headline_outcomes(futures.outcomes)) {
    const auto i = static_cast<std::size_t>(index);
    const Outcome& outcome = futures.outcomes[i];
    const OutcomeSpread& spread = answer.spreads[i];
    const double plan = futures.plan[i];
    if (plan == 0 && spread.p95 == 0) continue;
    const OutcomeUnit unit = unit_of(answer, outcome);
    const ScaledUnit scaled = scaled_unit(unit.name, largest_of(spread, plan) * unit.factor);
    names.push_back(title_of(outcome));
    units.push_back(scaled.name);
    columns.add(spread, plan, unit.factor / scaled.factor);
    const auto relative = [&](double value) {
      return plan > 0 ? rounded(100 * value / plan) : std::nan("");
    };
    low.push_back(relative(spread.p5));
    middle.push_back(relative(spread.p50));
    high.push_back(relative(spread.p95));
  }
  PageFigure figure;
  figure.id = "futures_against_plan";
  figure.title = "Main outcomes against the plan";
  figure.reading =
      "Bars are the median future in percent of the plan, with the range from 5 to 95 % of the "
      "futures; the table has the amounts. What is not above zero in the plan has no bar.";
  figure.data.word("outcome", names).number("median", "% of plan", middle);
  figure.data.number("low", "% of plan", low).number("high", "% of plan", high);
  figure.data.word("unit", units);
  columns.add_to(figure.data, "");
  BarChart chart;
  chart.category = "outcome";
  chart.values = {"median"};
  chart.horizontal = true;
  chart.low = "low";
  chart.high = "high";
  figure.chart = std::move(chart);
  figure.assumptions = draw_notes(answer);
  return figure;
}

/// An account or headline by calendar year as bars with whiskers; empty data where it never moves.
PageFigure by_year(const FuturesAnswer& answer, const std::string& id) {
  const Futures& futures = answer.futures;
  std::vector<std::size_t> found;
  double largest = 0;
  for (std::size_t i = 0; i < futures.outcomes.size(); ++i) {
    const Outcome& outcome = futures.outcomes[i];
    if (outcome.year == 0 || outcome.id != fmt::format("{}/{}", id, outcome.year)) continue;
    found.push_back(i);
    largest = std::max(largest, largest_of(answer.spreads[i], futures.plan[i]));
  }
  PageFigure figure;
  if (found.empty() || largest == 0) return figure;
  const Outcome& first = futures.outcomes[found.front()];
  const OutcomeUnit unit = unit_of(answer, first);
  const ScaledUnit scaled = scaled_unit(unit.name, largest * unit.factor);
  std::vector<std::string> years;
  SpreadColumns columns;
  for (const std::size_t i : found) {
    years.push_back(fmt::format("{}", futures.outcomes[i].year));
    columns.add(answer.spreads[i], futures.plan[i], unit.factor / scaled.factor);
  }
  figure.id = "futures_" + figure_id_of(id);
  figure.title = fmt::format("Futures by year: {}", first.name);
  figure.reading =
      "Bars are the median of the futures, whiskers run from 5 to 95 %; the first and the last "
      "year of the study may be parts of years.";
  if (first.kind == OutcomeKind::cost || first.kind == OutcomeKind::unit_cost)
    figure.reading +=
        " What hardware and buildings are still worth is taken off in the last year: its cost may "
        "be below zero.";
  figure.data.word("year", years);
  columns.add_to(figure.data, scaled.name);
  BarChart chart;
  chart.category = "year";
  chart.values = {"50 %"};
  chart.low = "5 %";
  chart.high = "95 %";
  figure.chart = std::move(chart);
  figure.assumptions = draw_notes(answer);
  return figure;
}

PageFigure gigawatts_of(const FuturesAnswer& answer, const std::string& program) {
  const Futures& futures = answer.futures;
  std::vector<double> days;
  SpreadColumns columns;
  for (std::size_t i = 0; i < futures.outcomes.size(); ++i) {
    const Outcome& outcome = futures.outcomes[i];
    if (outcome.kind != OutcomeKind::gigawatts || outcome.program != program) continue;
    days.push_back(page_day(CalendarDate{outcome.year, 12, 31}));
    columns.add(answer.spreads[i], futures.plan[i], watt / gigawatt);
  }
  PageFigure figure;
  figure.id = "futures_gigawatts_" + figure_id_of(program);
  figure.title = fmt::format("Futures: gigawatts of {}", program);
  figure.reading =
      "Installed at the end of each year (the last: of the study): the plan, the "
      "median future, and where half and nine tenths of the futures lie.";
  figure.data.date("end of year", days);
  columns.add_to(figure.data, "GW");
  LineChart chart;
  chart.x = "end of year";
  chart.values = {"plan", "50 %"};
  chart.bands = {{"5 %", "95 %", "5 to 95 % of futures"}, {"25 %", "75 %", "25 to 75 %"}};
  figure.chart = std::move(chart);
  figure.assumptions = draw_notes(answer);
  return figure;
}

/// From the earliest to the latest likely day of each gigawatt and run.
PageFigure days_of_gigawatts(const FuturesAnswer& answer) {
  const Futures& futures = answer.futures;
  double latest = 0;
  for (std::size_t i = 0; i < futures.outcomes.size(); ++i) {
    if (!is_day(futures.outcomes[i])) continue;
    const OutcomeSpread& spread = answer.spreads[i];
    for (const double at : {spread.p5, spread.p50, spread.p95, futures.plan[i]})
      if (std::isfinite(at)) latest = std::max(latest, at);
  }
  const auto on = [&](double at) {
    return page_day(answer.begin) + std::min(at, latest) / kHoursADay;
  };
  std::vector<std::string> lanes, kinds, plans;
  std::vector<double> begins, ends, missed;
  for (std::size_t i = 0; i < futures.outcomes.size(); ++i) {
    const Outcome& outcome = futures.outcomes[i];
    const OutcomeSpread& s = answer.spreads[i];
    if (!is_day(outcome) || !std::isfinite(s.p5)) continue;
    const std::string lane = outcome.kind == OutcomeKind::campaign
                                 ? outcome.program
                                 : fmt::format("{} GW, {}", outcome.number, outcome.program);
    const auto add = [&](const char* kind, double begin, double end) {
      if (!(on(end) > on(begin))) return;
      lanes.push_back(lane);
      kinds.emplace_back(kind);
      plans.push_back(day_text(answer, futures.plan[i]));
      begins.push_back(on(begin));
      ends.push_back(on(end));
      missed.push_back(rounded(100 * s.never));
    };
    add("5 to 25 %", s.p5, s.p25);
    add("25 to 50 %", s.p25, s.p50);
    add("50 to 75 %", s.p50, s.p75);
    add("75 to 95 %", s.p75, s.p95);
  }
  PageFigure figure;
  figure.id = "futures_days";
  figure.title = "When gigawatts are accepted and training runs end";
  figure.reading = fmt::format(
      "Each bar runs from the 5 % to the 95 % point of the futures; bars that reach {} may end "
      "later or never in the study, and the table has the share that misses it.",
      print_date(add_days(answer.begin, static_cast<int>(latest) / kHoursADay)));
  figure.data.word("what", lanes).word("futures", kinds).date("from", begins).date("to", ends);
  figure.data.word("plan", plans).number("missed in", "% of futures", missed);
  figure.chart = SpanChart{"what", "from", "to", "futures"};
  figure.assumptions = draw_notes(answer);
  return figure;
}

PageFigure distribution(const FuturesAnswer& answer, const std::string& id) {
  const Futures& futures = answer.futures;
  const int index = outcome_index(futures.outcomes, id);
  PageFigure figure;
  if (index < 0) return figure;
  const auto at = static_cast<std::size_t>(index);
  const Outcome& outcome = futures.outcomes[at];
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const std::vector<double>& values : futures.values) {
    if (values.empty() || !std::isfinite(values[at])) continue;
    least = std::min(least, values[at]);
    most = std::max(most, values[at]);
  }
  if (!(most > least)) return figure;
  const OutcomeUnit unit = unit_of(answer, outcome);
  const ScaledUnit scaled =
      scaled_unit(unit.name, std::max(std::abs(least), std::abs(most)) * unit.factor);
  const double width = (most - least) / kOutcomeBins;
  std::vector<double> from, counts(kOutcomeBins + 1);
  for (std::size_t i = 0; i <= kOutcomeBins; ++i)
    from.push_back(rounded((least + width * static_cast<double>(i)) * unit.factor / scaled.factor));
  for (const std::vector<double>& values : futures.values) {
    if (values.empty() || !std::isfinite(values[at])) continue;
    const auto bin = static_cast<std::size_t>((values[at] - least) / width);
    ++counts[std::min(bin, kOutcomeBins - 1)];
  }
  const OutcomeSpread& spread = answer.spreads[at];
  figure.id = "futures_distribution_" + figure_id_of(id);
  figure.title = fmt::format("Futures: {}", title_of(outcome));
  figure.reading = fmt::format(
      "How many futures fall into each of {} steps. Plan {}; 5 % {}, 50 % {}, 95 % {}.",
      kOutcomeBins, outcome_text(answer, outcome, futures.plan[at]),
      outcome_text(answer, outcome, spread.p5), outcome_text(answer, outcome, spread.p50),
      outcome_text(answer, outcome, spread.p95));
  figure.data.number(title_of(outcome) + " from", scaled.name, from);
  figure.data.number("futures", "", counts);
  LineChart chart;
  chart.x = title_of(outcome) + " from";
  chart.values = {"futures"};
  chart.stacked_area = true;
  chart.steps = true;
  figure.chart = std::move(chart);
  figure.assumptions = draw_notes(answer);
  return figure;
}

void add_if_any(FigureSection& section, PageFigure figure) {
  if (figure.data.rows() > 0) section.figures.push_back(std::move(figure));
}

}  // namespace

FigureSection futures_section(const FuturesAnswer& answer) {
  FigureSection section{"What may come", {}};
  if (answer.spreads.empty()) return section;
  add_if_any(section, against_plan(answer));
  add_if_any(section, days_of_gigawatts(answer));
  std::vector<std::string> programs;
  for (const Outcome& outcome : answer.futures.outcomes)
    if (outcome.kind == OutcomeKind::gigawatts &&
        std::find(programs.begin(), programs.end(), outcome.program) == programs.end())
      programs.push_back(outcome.program);
  for (const std::string& program : programs) add_if_any(section, gigawatts_of(answer, program));
  for (const char* id : {"npv", "cost"}) add_if_any(section, distribution(answer, id));
  for (const char* id : {"tokens", "token_cost", "grid_energy", "carbon_location_based", "cost"})
    add_if_any(section, by_year(answer, id));
  return section;
}

}  // namespace polyfleet
