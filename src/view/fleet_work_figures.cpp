// Which accelerators do what (declared in view/fleet_figures.hpp).
#include <fmt/format.h>

#include <algorithm>

#include "fleet/demand_curve.hpp"
#include "report/fleet_table.hpp"
#include "view/fleet_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

constexpr char kPower[] =
    "Accelerators count by their provisioned power at the meter, so that unlike kinds can be "
    "added; means of each period or month.";

/// Share of a workload's demand below which it counts as met.
constexpr double kMet = 1e-3;

const DeviceClass& class_of_group(const FleetAnswer& answer, std::size_t group) {
  const auto index = static_cast<std::size_t>(answer.run.groups[group].device_class);
  return answer.model.classes[index];
}

std::string generation_of(const DeviceClass& each) {
  return fmt::format("{} {}", each.vendor, each.id);
}

/// Provisioned watts in use under a name, by period. `name_of` sees group and workload and may give
/// the empty word: left out.
template <class NameOf>
NamedSeries in_use_by(const FleetAnswer& answer, NameOf name_of_use) {
  NamedSeries series(answer.run.periods.size());
  for (std::size_t w = 0; w < answer.model.workloads.size(); ++w)
    for (std::size_t g = 0; g < answer.run.groups.size(); ++g)
      if (const std::string name = name_of_use(g, w); !name.empty()) series.of(name);
  for (std::size_t period = 0; period < answer.run.periods.size(); ++period) {
    for (std::size_t g = 0; g < answer.run.periods[period].size(); ++g) {
      const GroupPeriod& each = answer.run.periods[period][g];
      const double watts = class_of_group(answer, g).provisioned / watt;
      for (std::size_t w = 0; w < each.in_use.size(); ++w) {
        const std::string name = name_of_use(g, w);
        if (!name.empty()) series.of(name)[period] += each.in_use[w] * watts;
      }
    }
  }
  return series;
}

/// Provisioned watts that stand and do nothing, by period.
void add_idle(const FleetAnswer& answer, NamedSeries& series) {
  std::vector<double>& idle = series.of("not in use");
  for (std::size_t period = 0; period < answer.run.periods.size(); ++period) {
    for (std::size_t g = 0; g < answer.run.periods[period].size(); ++g) {
      const GroupPeriod& each = answer.run.periods[period][g];
      double left = each.installed;
      for (const double use : each.in_use) left -= use;
      idle[period] += std::max(0.0, left) * (class_of_group(answer, g).provisioned / watt);
    }
  }
}

PageFigure by_workload(const FleetAnswer& answer) {
  NamedSeries series =
      in_use_by(answer, [&](std::size_t, std::size_t w) { return answer.model.workloads[w].id; });
  add_idle(answer, series);
  PageFigure figure = area_by_period(answer.model.time, series, kPower);
  figure.id = "work_by_workload";
  figure.title = "What the fleet does";
  figure.reading =
      "Installed power by the workload that has it; not in use is what is out of service or has "
      "nothing to do.";
  return figure;
}

PageFigure by_generation(const FleetAnswer& answer) {
  const NamedSeries series = in_use_by(
      answer, [&](std::size_t g, std::size_t) { return generation_of(class_of_group(answer, g)); });
  const FleetMonths months(answer.model.time);
  PageFigure figure;
  figure.data.date("month", months.days());
  LineChart chart;
  chart.x = "month";
  chart.values = months.means(series).add_to(figure.data, "GW", watt / gigawatt);
  chart.stacked_area = true;
  figure.chart = std::move(chart);
  figure.assumptions = {kPower};
  figure.id = "work_by_generation";
  figure.title = "Which accelerators work";
  figure.reading = "Power in use by vendor and generation, all workloads together.";
  return figure;
}

/// One workload on the generations that run it.
PageFigure on_generations(const FleetAnswer& answer, std::size_t workload) {
  const FleetWorkload& of = answer.model.workloads[workload];
  const NamedSeries series = in_use_by(answer, [&](std::size_t g, std::size_t w) {
    return w == workload ? generation_of(class_of_group(answer, g)) : std::string();
  });
  PageFigure figure = area_by_period(answer.model.time, series, kPower);
  figure.id = fmt::format("work_of_{}", workload + 1);
  figure.title = fmt::format("{}: on which accelerators", of.name.empty() ? of.id : of.name);
  const std::size_t kinds = std::get<LineChart>(figure.chart).values.size();
  figure.reading = fmt::format("{} runs on {} of {} generations; counted in {}.", of.id, kinds,
                               answer.model.classes.size(), of.unit);
  return figure;
}

PageFigure utilization(const FleetAnswer& answer) {
  const FleetMonths months(answer.model.time);
  NamedSeries use(answer.run.periods.size()), standing(answer.run.periods.size());
  for (std::size_t period = 0; period < answer.run.periods.size(); ++period) {
    for (std::size_t g = 0; g < answer.run.periods[period].size(); ++g) {
      const GroupPeriod& each = answer.run.periods[period][g];
      const std::string name = generation_of(class_of_group(answer, g));
      standing.of(name)[period] += each.installed;
      for (const double in_use : each.in_use) use.of(name)[period] += in_use;
    }
  }
  NamedSeries monthly_use = months.means(use);
  const NamedSeries monthly_standing = months.means(standing);
  PageFigure figure;
  figure.data.date("month", months.days());
  LineChart chart;
  chart.x = "month";
  for (const auto& [name, installed] : monthly_standing.all()) {
    std::vector<double> shares = monthly_use.of(name);
    for (std::size_t i = 0; i < shares.size(); ++i)
      shares[i] = installed[i] >= 1 ? 100 * shares[i] / installed[i] : std::nan("");
    figure.data.number(name, "%", rounded(std::move(shares)));
    chart.values.push_back(name);
  }
  figure.chart = std::move(chart);
  figure.id = "utilization";
  figure.title = "How busy each generation is";
  figure.reading =
      "Accelerators in use as share of those installed; the rest is out of service or idle. A gap: "
      "none stands.";
  figure.assumptions = {"In use means given to a workload; within the week load follows demand."};
  return figure;
}

/// Units by month of one account and workload.
std::vector<double> monthly_work(const FleetAnswer& answer, const FleetMonths& months,
                                 Account account, int workload) {
  std::vector<double> sums(months.size());
  for (const LedgerRow& row : answer.run.ledger.rows())
    if (row.account == account && row.workload == workload)
      months.add(row.period, row.amount, sums);
  return sums;
}

PageFigure unmet_demand(const FleetAnswer& answer) {
  const FleetMonths months(answer.model.time);
  PageFigure figure;
  figure.data.date("month", months.days());
  LineChart chart;
  chart.x = "month";
  chart.steps = true;
  std::string worst, met;
  for (std::size_t w = 0; w < answer.model.workloads.size(); ++w) {
    const int index = static_cast<int>(w);
    const std::vector<double> done = monthly_work(answer, months, Account::output_units, index);
    std::vector<double> missed = monthly_work(answer, months, Account::unmet_units, index);
    const std::vector<double> shed = monthly_work(answer, months, Account::shed_units, index);
    double all = 0, lost = 0;
    for (std::size_t i = 0; i < missed.size(); ++i) {
      missed[i] += shed[i];
      lost += missed[i];
      all += missed[i] + done[i];
      missed[i] = missed[i] + done[i] > 0 ? 100 * missed[i] / (missed[i] + done[i]) : std::nan("");
    }
    if (all == 0) continue;
    const FleetWorkload& workload = answer.model.workloads[w];
    if (lost / all <= kMet) {
      met += (met.empty() ? "" : ", ") + workload.id;
      continue;
    }
    figure.data.number(workload.id, "%", rounded(std::move(missed)));
    chart.values.push_back(workload.id);
    worst += fmt::format(" {}: {:.3g} % over the study ({}).", workload.id, 100 * lost / all,
                         amount_text(lost, workload.unit));
  }
  figure.chart = std::move(chart);
  figure.id = "unmet_demand";
  figure.title = "Demand that is not met";
  figure.reading =
      "Share of each workload's demand, by month, that is neither served nor can wait." + worst;
  if (!met.empty()) figure.reading += fmt::format(" Met but for a thousandth: {}.", met);
  figure.assumptions = {
      "Not met is demand without capacity, what accelerators lose that change their workload, and "
      "what gives way when supply is short; what binds is in the next section."};
  return figure;
}

}  // namespace

FigureSection fleet_work_section(const FleetAnswer& answer) {
  FigureSection section{"Work", {}};
  if (answer.run.periods.empty()) return section;
  section.figures = {by_workload(answer), by_generation(answer)};
  for (std::size_t w = 0; w < answer.model.workloads.size(); ++w) {
    PageFigure figure = on_generations(answer, w);
    if (!std::get<LineChart>(figure.chart).values.empty())
      section.figures.push_back(std::move(figure));
  }
  section.figures.push_back(utilization(answer));
  PageFigure unmet = unmet_demand(answer);
  if (unmet.data.columns.size() > 1) section.figures.push_back(std::move(unmet));
  return section;
}

}  // namespace polyfleet
