// Money of a fleet (declared in view/fleet_figures.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/fleet_costs.hpp"
#include "report/fleet_slices.hpp"
#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "view/fleet_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

constexpr char kQuarters[] =
    "A period belongs to the quarter in which its first day lies, as in the tables of --by "
    "quarter.";

std::vector<std::string> names_of(const std::vector<FleetSlice>& slices) {
  std::vector<std::string> names;
  for (const FleetSlice& slice : slices) names.push_back(slice.name);
  return names;
}

std::vector<std::size_t> slice_of_period(const std::vector<FleetSlice>& slices) {
  std::vector<std::size_t> index;
  for (std::size_t i = 0; i < slices.size(); ++i)
    for (int period = slices[i].first; period < slices[i].end; ++period) index.push_back(i);
  return index;
}

bool moves_cash(const LedgerRow& row) {
  return info(row.account).group == "money" && info(row.account).cash;
}

PageFigure cash_by_quarter(const FleetAnswer& answer, const std::vector<FleetSlice>& slices) {
  const std::vector<std::size_t> slice = slice_of_period(slices);
  NamedSeries series(slices.size());
  std::vector<double> all(slices.size());
  double sum = 0;
  for (const LedgerRow& row : answer.run.ledger.rows()) {
    if (!moves_cash(row)) continue;
    const std::size_t at = slice[static_cast<std::size_t>(row.period)];
    series.of(std::string(info(row.account).name))[at] += row.amount;
    all[at] += row.amount / kBillion;
    sum += row.amount;
  }
  PageFigure figure;
  figure.id = "cash_by_quarter";
  figure.title = "Cash by quarter";
  figure.reading = fmt::format(
      "Received is above the line, spent below; together {} over the study, before what is left at "
      "its end ({}).",
      amount_text(sum, "USD"),
      amount_text(answer.run.ledger.total(Account::residual_value), "USD"));
  figure.data.word("quarter", names_of(slices));
  BarChart chart;
  chart.category = "quarter";
  chart.values = series.add_to(figure.data, "BUSD", 1 / kBillion);
  chart.stacked = true;
  figure.chart = std::move(chart);
  figure.data.number("together", "BUSD", rounded(std::move(all)));
  figure.assumptions = {kQuarters, "Not discounted; BUSD is a billion US dollars."};
  return figure;
}

PageFigure running_cash(const FleetAnswer& answer) {
  const FleetTime& time = answer.model.time;
  const auto periods = static_cast<std::size_t>(time.periods());
  std::vector<double> sum(periods), revenue(periods), spent(periods);
  for (const LedgerRow& row : answer.run.ledger.rows()) {
    if (!moves_cash(row)) continue;
    const auto i = static_cast<std::size_t>(row.period);
    sum[i] += row.amount / kBillion;
    (row.amount > 0 ? revenue : spent)[i] += row.amount / kBillion;
  }
  for (std::size_t i = 1; i < periods; ++i) {
    sum[i] += sum[i - 1];
    revenue[i] += revenue[i - 1];
    spent[i] += spent[i - 1];
  }
  std::size_t lowest = 0;
  for (std::size_t i = 0; i < periods; ++i)
    if (sum[i] < sum[lowest]) lowest = i;
  std::vector<double> days;
  for (int period = 0; period < time.periods(); ++period)
    days.push_back(page_day(time, time.end_hour(period)));
  PageFigure figure;
  figure.id = "running_cash";
  figure.title = "Cash so far";
  figure.reading =
      fmt::format("Running sums from the first day; the most that must be financed is {}, on {}.",
                  amount_text(-kBillion * std::min(0.0, sum[lowest]), "USD"),
                  print_date(time.date_of(time.end_hour(static_cast<int>(lowest)))));
  figure.data.date("until", days).number("together", "BUSD", rounded(std::move(sum)));
  figure.data.number("received", "BUSD", rounded(std::move(revenue)));
  figure.data.number("spent", "BUSD", rounded(std::move(spent)));
  LineChart chart;
  chart.x = "until";
  chart.values = {"received", "spent", "together"};
  figure.chart = std::move(chart);
  figure.assumptions = {"Not discounted, without what is left at the end."};
  return figure;
}

PageFigure cost_by_phase(const FleetAnswer& answer, const FleetCosts& costs) {
  std::vector<std::string> names;
  std::vector<double> capital, building, energy, upkeep, rent, years, each_year;
  for (std::size_t i = 0; i < costs.phases.size(); ++i) {
    const PhaseCost& cost = costs.phases[i];
    if (cost.total() == Usd{}) continue;
    names.push_back(answer.model.phases[i].id);
    capital.push_back(rounded(cost.capital / usd / kBillion));
    building.push_back(rounded(cost.facility / usd / kBillion));
    energy.push_back(rounded(cost.energy / usd / kBillion));
    upkeep.push_back(rounded(cost.upkeep / usd / kBillion));
    rent.push_back(rounded(cost.rent / usd / kBillion));
    years.push_back(rounded(cost.gigawatt_years));
    each_year.push_back(cost.gigawatt_years > 0
                            ? rounded(cost.total() / usd / kBillion / cost.gigawatt_years)
                            : std::nan(""));
  }
  PageFigure figure;
  figure.id = "cost_by_phase";
  figure.title = "What each phase costs";
  figure.reading = fmt::format(
      "Over the study, less what hardware and buildings are still worth at its end; all together "
      "{}. The table has the cost of a gigawatt-year.",
      amount_text(costs.total() / usd, "USD"));
  figure.data.word("phase", names).number("hardware", "BUSD", capital);
  figure.data.number("building", "BUSD", building).number("energy", "BUSD", energy);
  figure.data.number("upkeep", "BUSD", upkeep).number("rent", "BUSD", rent);
  figure.data.number("installed", "GW-years", years);
  figure.data.number("cost of a gigawatt-year", "BUSD", each_year);
  BarChart chart;
  chart.category = "phase";
  chart.values = {"hardware", "building", "energy", "upkeep", "rent"};
  chart.stacked = true;
  chart.horizontal = true;
  figure.chart = std::move(chart);
  figure.assumptions = {
      "A site's electricity and building are shared by its phases' power and time; machines that "
      "stood before the study carry no capital.",
      "Not discounted."};
  return figure;
}

/// What a group's accelerators cost for each hour that they worked, USD.
std::vector<double> hour_costs(const FleetAnswer& answer, const FleetCosts& costs) {
  std::vector<double> hours(answer.run.groups.size()), cost(answer.run.groups.size());
  for (std::size_t period = 0; period < answer.run.periods.size(); ++period) {
    const double length = answer.model.time.length(static_cast<int>(period)) / hour;
    for (std::size_t g = 0; g < answer.run.periods[period].size(); ++g)
      for (const double in_use : answer.run.periods[period][g].in_use) hours[g] += in_use * length;
  }
  for (std::size_t g = 0; g < answer.run.groups.size(); ++g) {
    for (const int phase : answer.run.groups[g].phases)
      cost[g] += costs.phases[static_cast<std::size_t>(phase)].total() / usd;
    cost[g] = hours[g] > 0 ? cost[g] / hours[g] : 0;
  }
  return cost;
}

/// Cost of every workload in every slice, [workload][slice], USD.
std::vector<std::vector<double>> costs_over_time(const FleetAnswer& answer, const FleetCosts& costs,
                                                 const std::vector<FleetSlice>& slices) {
  const std::vector<double> an_hour = hour_costs(answer, costs);
  const std::vector<std::size_t> slice = slice_of_period(slices);
  std::vector<std::vector<double>> sums(answer.model.workloads.size(),
                                        std::vector<double>(slices.size()));
  for (std::size_t period = 0; period < answer.run.periods.size(); ++period) {
    const double length = answer.model.time.length(static_cast<int>(period)) / hour;
    for (std::size_t g = 0; g < answer.run.periods[period].size(); ++g) {
      const std::vector<double>& in_use = answer.run.periods[period][g].in_use;
      for (std::size_t w = 0; w < in_use.size(); ++w)
        sums[w][slice[period]] += in_use[w] * length * an_hour[g];
    }
  }
  return sums;
}

std::vector<double> tokens_over_time(const FleetAnswer& answer, std::size_t workload,
                                     const std::vector<FleetSlice>& slices) {
  const std::vector<std::size_t> slice = slice_of_period(slices);
  std::vector<double> sums(slices.size());
  for (const LedgerRow& row : answer.run.ledger.rows())
    if (row.account == Account::output_tokens && row.workload == static_cast<int>(workload))
      sums[slice[static_cast<std::size_t>(row.period)]] += row.amount;
  return sums;
}

std::vector<double> first_days(const FleetTime& time, const std::vector<FleetSlice>& slices) {
  std::vector<double> days;
  for (const FleetSlice& slice : slices)
    days.push_back(page_day(time, time.first_hour(slice.first)));
  return days;
}

PageFigure cost_of_tokens(const FleetAnswer& answer, const FleetCosts& costs,
                          const std::vector<FleetSlice>& slices) {
  const auto by_workload = costs_over_time(answer, costs, slices);
  PageFigure figure;
  figure.id = "cost_of_tokens";
  figure.title = "Cost of a million tokens over time";
  figure.reading =
      "What the accelerators of a workload cost, by the tokens that it made in the "
      "quarter. Over the study:";
  figure.data.date("quarter from", first_days(answer.model.time, slices));
  LineChart chart;
  chart.x = "quarter from";
  chart.steps = true;
  chart.y_scale = AxisScale::logarithmic;
  for (std::size_t w = 0; w < by_workload.size(); ++w) {
    const std::vector<double> tokens = tokens_over_time(answer, w, slices);
    std::vector<double> price;
    for (std::size_t i = 0; i < tokens.size(); ++i)
      price.push_back(tokens[i] > 0 && by_workload[w][i] > 0
                          ? by_workload[w][i] / tokens[i] * kMillion
                          : std::nan(""));
    const WorkloadCost& cost = costs.workloads[w];
    if (cost.tokens == 0 || cost.cost == Usd{}) continue;
    const std::string& name = answer.model.workloads[w].id;
    figure.data.number(name, "USD/Mtoken", rounded(std::move(price)));
    chart.values.push_back(name);
    figure.reading += fmt::format("{} {} {}", chart.values.size() > 1 ? "," : "", name,
                                  amount_text(cost.cost / usd / cost.tokens * kMillion, "USD"));
  }
  figure.reading += '.';
  figure.chart = std::move(chart);
  figure.assumptions = {
      "A group's cost over the study (less what is left of it) is spread evenly over the "
      "accelerator-hours that it worked; a workload pays for the hours that it had.",
      "Tokens in and out are counted as the scenario states for each workload.", kQuarters};
  return figure;
}

PageFigure cost_by_workload(const FleetAnswer& answer, const FleetCosts& costs,
                            const std::vector<FleetSlice>& slices) {
  const auto by_workload = costs_over_time(answer, costs, slices);
  NamedSeries series(slices.size());
  for (std::size_t w = 0; w < by_workload.size(); ++w)
    series.of(answer.model.workloads[w].id) = by_workload[w];
  PageFigure figure;
  figure.id = "cost_by_workload";
  figure.title = "What the work costs";
  figure.reading = "The same cost by the workload that had the accelerators, quarter by quarter.";
  if (costs.idle != Usd{})
    figure.reading += fmt::format(" Not in it: {} for groups that never worked.",
                                  amount_text(costs.idle / usd, "USD"));
  figure.data.word("quarter", names_of(slices));
  BarChart chart;
  chart.category = "quarter";
  chart.values = series.add_to(figure.data, "BUSD", 1 / kBillion);
  chart.stacked = true;
  figure.chart = std::move(chart);
  figure.assumptions = {kQuarters, "Not discounted."};
  return figure;
}

}  // namespace

FigureSection fleet_money_section(const FleetAnswer& answer) {
  FigureSection section{"Money", {}};
  const std::vector<FleetSlice> slices = fleet_slices(answer.model.time, FleetSliceKind::quarter);
  const FleetCosts costs = fleet_costs(answer.model, answer.run);
  section.figures = {cash_by_quarter(answer, slices), running_cash(answer),
                     cost_by_phase(answer, costs)};
  if (answer.run.periods.empty()) return section;
  section.figures.push_back(cost_by_workload(answer, costs, slices));
  PageFigure tokens = cost_of_tokens(answer, costs, slices);
  if (!std::get<LineChart>(tokens.chart).values.empty())
    section.figures.push_back(std::move(tokens));
  return section;
}

}  // namespace polyfleet
