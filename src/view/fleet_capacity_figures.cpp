// What stands when (declared in view/fleet_figures.hpp).
#include <fmt/format.h>

#include <algorithm>

#include "report/fleet_lines.hpp"
#include "report/fleet_table.hpp"
#include "view/fleet_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

constexpr char kAccepted[] =
    "Power is that of the accelerators as provisioned, at the meter: accepted and not retired; "
    "means of each period or month.";

/// Installed power of every phase as series under a name, mean of each period, watts.
template <class NameOf>
NamedSeries installed_by(const FleetAnswer& answer, NameOf name_of_phase) {
  const FleetModel& model = answer.model;
  NamedSeries series(static_cast<std::size_t>(model.time.periods()));
  for (std::size_t i = 0; i < model.phases.size(); ++i) series.of(name_of_phase(int(i)));
  for (const LedgerRow& row : answer.run.ledger.rows()) {
    if (row.account != Account::installed_power || row.phase < 0) continue;
    series.of(name_of_phase(row.phase))[static_cast<std::size_t>(row.period)] +=
        row.amount / (model.time.length(row.period) / second);
  }
  return series;
}

double last_sum(const NamedSeries& series) {
  double sum = 0;
  for (const auto& [name, values] : series.all()) sum += values.empty() ? 0 : values.back();
  return sum;
}

/// The same with one point a month.
PageFigure monthly_area(const FleetAnswer& answer, const NamedSeries& by_period) {
  const FleetMonths months(answer.model.time);
  PageFigure figure;
  figure.data.date("month", months.days());
  LineChart chart;
  chart.x = "month";
  chart.values = months.means(by_period).add_to(figure.data, "GW", watt / gigawatt);
  chart.stacked_area = true;
  figure.chart = std::move(chart);
  figure.assumptions = {kAccepted};
  return figure;
}

PageFigure by_vendor(const FleetAnswer& answer) {
  const NamedSeries series =
      installed_by(answer, [&](int phase) { return vendor_of(answer.model, phase); });
  PageFigure figure = area_by_period(answer.model.time, series, kAccepted);
  figure.id = "gigawatts_by_vendor";
  figure.title = "Gigawatts that stand, by vendor";
  figure.reading = fmt::format(
      "Height is the power of accelerators that are accepted and in place; {} in the last period.",
      amount_text(last_sum(series) * (watt / gigawatt), "GW"));
  return figure;
}

PageFigure by_phase(const FleetAnswer& answer) {
  const NamedSeries series = installed_by(answer, [&](int phase) {
    const FleetPhase& each = answer.model.phases[static_cast<std::size_t>(phase)];
    return each.existing ? std::string("stood before the study") : each.id;
  });
  PageFigure figure = monthly_area(answer, series);
  figure.id = "gigawatts_by_phase";
  figure.title = "Gigawatts that stand, by phase of the rollout";
  figure.reading =
      "Each colour is one delivery phase; the smallest are drawn together and stand one by one in "
      "the table.";
  return figure;
}

PageFigure by_program(const FleetAnswer& answer) {
  const NamedSeries series = installed_by(answer, [&](int phase) {
    const std::string& program = answer.model.phases[static_cast<std::size_t>(phase)].program;
    return program.empty() ? std::string("of no programme") : program;
  });
  PageFigure figure = monthly_area(answer, series);
  std::get<LineChart>(figure.chart).stacked_area = false;
  figure.id = "gigawatts_by_program";
  figure.title = "Progress of the programmes";
  figure.reading = "One line per announced programme.";
  for (const ProgramMilestones& each : answer.run.programs) {
    figure.reading +=
        fmt::format(" {}: {:.3g} GW accepted by the end", each.program, each.accepted_at_end);
    if (!each.gigawatts.empty())
      figure.reading += fmt::format(", the first whole gigawatt on {}",
                                    day_of(answer.model.time, each.gigawatts.front()));
    figure.reading += '.';
  }
  return figure;
}

/// Energy drawn from grid and generation in each period, as mean power.
std::vector<double> drawn_watts(const FleetAnswer& answer) {
  const FleetTime& time = answer.model.time;
  std::vector<double> watts(static_cast<std::size_t>(time.periods()));
  for (const LedgerRow& row : answer.run.ledger.rows()) {
    if (row.account != Account::grid_energy && row.account != Account::generated_energy) continue;
    watts[static_cast<std::size_t>(row.period)] += row.amount / (time.length(row.period) / second);
  }
  return watts;
}

PageFigure power_of_sites(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  const FleetTime& time = model.time;
  const Rollout rollout(model);
  NamedSeries series(static_cast<std::size_t>(time.periods()));
  std::vector<double>&allowed = series.of("sites may draw"), &arrived = series.of("arrived"),
  &accepted = series.of("accepted"), &drawn = series.of("drawn, mean");
  drawn = drawn_watts(answer);
  for (int period = 0; period < time.periods(); ++period) {
    const auto i = static_cast<std::size_t>(period);
    const FleetHour last = time.end_hour(period) - 1;
    for (const SiteModel& site : model.sites) allowed[i] += site.limit_at(last) / watt;
    for (std::size_t phase = 0; phase < model.phases.size(); ++phase)
      arrived[i] += rollout.schedule(static_cast<int>(phase)).present(last) *
                    (class_of(model, static_cast<int>(phase)).provisioned / watt);
  }
  for (const LedgerRow& row : answer.run.ledger.rows()) {
    if (row.account == Account::installed_power)
      accepted[static_cast<std::size_t>(row.period)] +=
          row.amount / (time.length(row.period) / second);
  }
  PageFigure figure = monthly_area(answer, series);
  std::get<LineChart>(figure.chart).stacked_area = false;
  figure.id = "power_of_sites";
  figure.title = "Power: what sites may draw, what stands, what is drawn";
  figure.reading =
      "Between arrived and accepted lies what is being tested; between accepted and drawn what "
      "accelerators leave of their provisioned power; the sites' line is the ceiling.";
  figure.assumptions.emplace_back(
      "What sites may draw is grid connection and on-site generation together; that and what has "
      "arrived as of the last hour of each period, then as means of months.");
  return figure;
}

struct Spans {
  std::vector<std::string> lanes, kinds;
  std::vector<double> begins, ends;
  double first = 0, last = 0;
  void add(const std::string& lane, const char* kind, double begin, double end) {
    begin = std::max(begin, first);
    end = std::min(end, last);
    if (end <= begin) return;
    lanes.push_back(lane);
    kinds.emplace_back(kind);
    begins.push_back(begin);
    ends.push_back(end);
  }
};

PageFigure phases_over_time(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  const FleetTime& time = model.time;
  const Rollout rollout(model);
  Spans spans;
  spans.first = page_day(time.begin());
  spans.last = page_day(time.end());
  for (std::size_t i = 0; i < model.phases.size(); ++i) {
    const FleetPhase& phase = model.phases[i];
    const std::string lane = fmt::format("{}, {:.2g} GW", phase.id, phase.power / gigawatt);
    const FleetHour gone = std::min(rollout.schedule(static_cast<int>(i)).gone(), time.hours());
    const double first = page_day(time, phase.first_delivery);
    const double whole = page_day(time, phase.last_delivery) + phase.acceptance / day;
    if (!phase.existing) {
      spans.add(lane, "on order", page_day(time, phase.ordered), first);
      spans.add(lane, "delivery and acceptance", first, whole);
    }
    spans.add(lane, "complete", phase.existing ? spans.first : whole, page_day(time, gone));
  }
  PageFigure figure;
  figure.id = "phases";
  figure.title = "Phases of the rollout";
  figure.reading =
      "On order, then arriving and being tested until the last part is accepted, then complete "
      "until it leaves; cut at the first and last day of the study.";
  figure.data.word("phase", spans.lanes).word("state", spans.kinds);
  figure.data.date("from", spans.begins).date("to", spans.ends);
  figure.chart = SpanChart{"phase", "from", "to", "state"};
  figure.assumptions = {
      "Dates are those of the plan; how late they may be is part of the futures."};
  return figure;
}

/// Every whole gigawatt of every programme.
PageFigure milestones_of(const FleetAnswer& answer) {
  std::vector<std::string> programs;
  std::vector<double> gigawatts, days;
  for (const ProgramMilestones& each : answer.run.programs) {
    for (std::size_t i = 0; i < each.gigawatts.size(); ++i) {
      programs.push_back(each.program);
      gigawatts.push_back(static_cast<double>(i + 1));
      days.push_back(page_day(answer.model.time.date_of(each.gigawatts[i])));
    }
  }
  PageFigure figure;
  figure.id = "whole_gigawatts";
  figure.title = "The days on which whole gigawatts are passed";
  figure.reading = "Accepted power of each programme, whatever left since.";
  figure.data.word("programme", programs).number("passed", "GW", gigawatts).date("on", days);
  return figure;
}

}  // namespace

FigureSection fleet_capacity_section(const FleetAnswer& answer) {
  FigureSection section{"Gigawatts", {}};
  if (answer.model.phases.empty()) return section;
  section.figures = {by_vendor(answer), by_phase(answer)};
  if (!answer.run.programs.empty()) section.figures.push_back(by_program(answer));
  section.figures.push_back(phases_over_time(answer));
  section.figures.push_back(power_of_sites(answer));
  PageFigure whole = milestones_of(answer);
  if (whole.data.rows() > 0) section.figures.push_back(std::move(whole));
  return section;
}

}  // namespace polyfleet
