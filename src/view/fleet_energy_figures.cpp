// Energy and carbon of a fleet by month, day and hour (declared in view/fleet_figures.hpp). The
// simulation keeps the draw from the grid by hour; what stands on the site (generation, batteries)
// it keeps by period, so that hours show the grid alone.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fleet/fleet_variation.hpp"
#include "report/fleet_table.hpp"
#include "view/fleet_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

constexpr int kHoursAWeek = 7 * kHoursADay;
constexpr int kLastWeeks = 8;
constexpr std::size_t kPeakSites = 6;
constexpr double kJoulesAGigawattHour = 3.6e12;
constexpr double kGramsAKiloton = 1e9;
constexpr char kSpread[] = "Energy of a period counts evenly over its days.";

/// Sums of an account by month under the site's name.
NamedSeries by_site(const FleetAnswer& answer, const FleetMonths& months,
                    std::initializer_list<Account> accounts) {
  NamedSeries series(months.size());
  for (const SiteModel& site : answer.model.sites) series.of(site.id);
  for (const LedgerRow& row : answer.run.ledger.rows()) {
    if (std::find(accounts.begin(), accounts.end(), row.account) == accounts.end()) continue;
    months.add(row.period, row.amount,
               series.of(row.site < 0 ? "of no site" : site_of(answer.model, row.site)));
  }
  return series;
}

std::vector<double> monthly(const FleetAnswer& answer, const FleetMonths& months, Account account,
                            double factor) {
  std::vector<double> sums(months.size());
  for (const LedgerRow& row : answer.run.ledger.rows())
    if (row.account == account) months.add(row.period, row.amount * factor, sums);
  return sums;
}

PageFigure monthly_area(const FleetMonths& months, const NamedSeries& series,
                        const std::string& unit, double factor) {
  PageFigure figure;
  figure.data.date("month", months.days());
  LineChart chart;
  chart.x = "month";
  chart.values = series.add_to(figure.data, unit, factor);
  chart.stacked_area = true;
  chart.steps = true;
  figure.chart = std::move(chart);
  figure.assumptions = {kSpread};
  return figure;
}

PageFigure energy_by_month(const FleetAnswer& answer, const FleetMonths& months) {
  PageFigure figure = monthly_area(
      months, by_site(answer, months, {Account::grid_energy, Account::generated_energy}), "GWh",
      1 / kJoulesAGigawattHour);
  const double grid = answer.run.ledger.total(Account::grid_energy) / kJoulesAGigawattHour;
  const double made = answer.run.ledger.total(Account::generated_energy) / kJoulesAGigawattHour;
  figure.id = "energy_by_month";
  figure.title = "Energy by month and site";
  figure.reading = fmt::format(
      "At the meter, bought and made on the site: {} from the grid, {} "
      "made; together {}.",
      amount_text(grid, "GWh"), amount_text(made, "GWh"), amount_text(grid + made, "GWh"));
  return figure;
}

PageFigure energy_by_use(const FleetAnswer& answer, const FleetMonths& months) {
  NamedSeries series(months.size());
  series.of("racks") = monthly(answer, months, Account::rack_energy, -1);
  series.of("cooling and building") = monthly(answer, months, Account::cooling_energy, -1);
  series.of("lost in delivery") = monthly(answer, months, Account::delivery_loss, -1);
  PageFigure figure = monthly_area(months, series, "GWh", 1 / kJoulesAGigawattHour);
  const Ledger& ledger = answer.run.ledger;
  const double racks = -ledger.total(Account::rack_energy);
  const double all =
      racks - ledger.total(Account::cooling_energy) - ledger.total(Account::delivery_loss);
  figure.id = "energy_by_use";
  figure.title = "Where the energy goes";
  figure.reading = "What racks, delivery and cooling use.";
  if (racks > 0)
    figure.reading +=
        fmt::format(" Over the study the meter counts {:.3f} times the racks.", all / racks);
  return figure;
}

PageFigure carbon_by_month(const FleetAnswer& answer, const FleetMonths& months) {
  PageFigure figure = monthly_area(months, by_site(answer, months, {Account::carbon_location}),
                                   "ktCO2e", 1 / kGramsAKiloton);
  const Ledger& ledger = answer.run.ledger;
  figure.id = "carbon_by_month";
  figure.title = "Carbon by month and site";
  const auto tonnes = [&](Account account) {
    return amount_text(ledger.total(account) * (gram_co2e / (1e6 * gram_co2e)), "tCO2e");
  };
  figure.reading = fmt::format(
      "Location-based, of the energy drawn: {} over the study; market-based {}; making the "
      "accelerators {} more.",
      tonnes(Account::carbon_location), tonnes(Account::carbon_market),
      tonnes(Account::carbon_embodied));
  figure.data.number("all, market-based", "ktCO2e",
                     rounded(monthly(answer, months, Account::carbon_market, 1 / kGramsAKiloton)));
  figure.data.number(
      "embodied, at delivery", "ktCO2e",
      rounded(monthly(answer, months, Account::carbon_embodied, 1 / kGramsAKiloton)));
  return figure;
}

PageFigure intensity_by_month(const FleetAnswer& answer, const FleetMonths& months) {
  std::vector<double> energy = monthly(answer, months, Account::grid_energy, 1);
  const std::vector<double> made = monthly(answer, months, Account::generated_energy, 1);
  std::vector<double> grams = monthly(answer, months, Account::carbon_location, 1);
  for (std::size_t i = 0; i < grams.size(); ++i) {
    const double drawn = energy[i] + made[i];
    grams[i] = drawn > 0 ? grams[i] / drawn * (kilowatt_hour / joule) : std::nan("");
  }
  PageFigure figure;
  figure.id = "carbon_intensity";
  figure.title = "Carbon of a kilowatt-hour";
  figure.reading =
      "Location-based carbon of all sites over their energy, by month: how clean the "
      "fleet's mix of places and hours is.";
  figure.data.date("month", months.days());
  figure.data.number("carbon intensity", "gCO2e/kWh", rounded(std::move(grams)));
  LineChart chart;
  chart.x = "month";
  chart.values = {"carbon intensity"};
  chart.steps = true;
  figure.chart = std::move(chart);
  return figure;
}

/// All sites' draw from the grid (W) and its carbon (g) by hour.
struct GridHours {
  std::vector<double> watts, grams;
};

GridHours grid_hours(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  GridHours hours;
  const auto count = static_cast<std::size_t>(model.time.hours());
  hours.watts.assign(count, 0);
  hours.grams.assign(count, 0);
  for (std::size_t s = 0; s < answer.run.hourly_grid.size(); ++s) {
    const SiteModel& site = model.sites[s];
    const std::vector<double>& watts = answer.run.hourly_grid[s];
    double cleaner = 1;
    for (std::size_t i = 0; i < std::min(count, watts.size()); ++i) {
      const auto at = static_cast<FleetHour>(i);
      if (at % kHoursADay == 0) cleaner = grown(1 + site.carbon_growth, at);
      hours.watts[i] += watts[i];
      hours.grams[i] += watts[i] * (hour / second) * site.carbon.at(at) * cleaner;
    }
  }
  return hours;
}

/// Lowest, mean and highest hour of every period.
PageFigure range_of_grid(const FleetAnswer& answer, const GridHours& hours) {
  const FleetTime& time = answer.model.time;
  std::vector<double> mean, low, high, carbon;
  for (int period = 0; period < time.periods(); ++period) {
    const auto first = hours.watts.begin() + time.first_hour(period);
    const auto end = hours.watts.begin() + time.end_hour(period);
    const auto grams = hours.grams.begin();
    mean.push_back(std::accumulate(first, end, 0.0) / static_cast<double>(end - first) *
                   (watt / gigawatt));
    low.push_back(*std::min_element(first, end) * (watt / gigawatt));
    high.push_back(*std::max_element(first, end) * (watt / gigawatt));
    carbon.push_back(
        std::accumulate(grams + time.first_hour(period), grams + time.end_hour(period), 0.0) /
        kGramsAKiloton);
  }
  PageFigure figure;
  figure.id = "grid_by_period";
  figure.title = "Draw from the grid, lowest to highest hour";
  figure.reading = fmt::format(
      "The line is the mean of each {} days, all sites together; the band runs from their lowest "
      "to "
      "their highest hour, {} hours in all; the highest of the study draws {}.",
      time.period_days(), hours.watts.size(),
      amount_text(*std::max_element(high.begin(), high.end()), "GW"));
  figure.data.date("period from", period_days(time)).number("mean", "GW", rounded(std::move(mean)));
  figure.data.number("lowest hour", "GW", rounded(std::move(low)));
  figure.data.number("highest hour", "GW", rounded(std::move(high)));
  figure.data.number("carbon", "ktCO2e", rounded(std::move(carbon)));
  LineChart chart;
  chart.x = "period from";
  chart.values = {"mean"};
  chart.bands = {{"lowest hour", "highest hour", "lowest to highest hour"}};
  figure.chart = std::move(chart);
  figure.assumptions = {"Grid alone. Carbon: each hour's draw by its site's intensity."};
  return figure;
}

/// The week (whole days) around the hour of the highest draw.
std::size_t peak_week(const GridHours& hours) {
  const auto peak = static_cast<std::size_t>(
      std::max_element(hours.watts.begin(), hours.watts.end()) - hours.watts.begin());
  const std::size_t half = 3 * kHoursADay;
  const std::size_t midnight = peak / kHoursADay * kHoursADay;
  const std::size_t first = midnight > half ? midnight - half : 0;
  return hours.watts.size() > kHoursAWeek ? std::min(first, hours.watts.size() - kHoursAWeek) : 0;
}

PageFigure hours_of_peak_week(const FleetAnswer& answer, const GridHours& hours) {
  const FleetModel& model = answer.model;
  const std::size_t first = peak_week(hours);
  const std::size_t count = std::min<std::size_t>(kHoursAWeek, hours.watts.size() - first);
  NamedSeries series(count);
  std::vector<double> times, grams;
  for (std::size_t i = 0; i < count; ++i) {
    times.push_back(page_day(model.time, static_cast<FleetHour>(first + i)));
    grams.push_back(hours.grams[first + i] / kGramsAKiloton);
    for (std::size_t s = 0; s < answer.run.hourly_grid.size(); ++s)
      if (first + i < answer.run.hourly_grid[s].size())
        series.of(model.sites[s].id)[i] = answer.run.hourly_grid[s][first + i];
  }
  PageFigure figure;
  figure.id = "peak_week";
  figure.title = "The week of the highest draw, hour by hour";
  figure.reading =
      "Draw of each site from the grid in the seven days around the highest hour of "
      "the study, UTC.";
  figure.data.date("at (UTC)", times);
  LineChart chart;
  chart.x = "at (UTC)";
  DataTable every_site;
  chart.values = series.add_to(every_site, "GW", watt / gigawatt, kPeakSites);
  for (const std::string& name : chart.values)
    figure.data.columns.push_back(*every_site.find(name));
  chart.stacked_area = true;
  figure.chart = std::move(chart);
  figure.data.number("carbon of the hour", "ktCO2e", rounded(std::move(grams)));
  return figure;
}

/// The weeks with which the study ends, in which the fleet is largest.
PageFigure hours_of_last_weeks(const FleetAnswer& answer, const GridHours& hours) {
  const std::size_t all = hours.watts.size();
  const std::size_t count = std::min<std::size_t>(all, kLastWeeks * kHoursAWeek);
  std::vector<double> times, gigawatts, grams;
  for (std::size_t i = all - count; i < all; ++i) {
    times.push_back(page_day(answer.model.time, static_cast<FleetHour>(i)));
    gigawatts.push_back(hours.watts[i] * (watt / gigawatt));
    grams.push_back(hours.grams[i] / kGramsAKiloton);
  }
  PageFigure figure;
  figure.id = "last_weeks_by_hour";
  figure.title = "Draw from the grid, every hour of the last weeks";
  figure.reading = fmt::format(
      "All sites together in the last {} hours of the study; the data has the carbon of each hour "
      "too. Every hour of every site and year: --csv DIR --hourly.",
      count);
  figure.data.date("at (UTC)", times).number("drawn", "GW", rounded(std::move(gigawatts)));
  figure.data.number("carbon of the hour", "ktCO2e", rounded(std::move(grams)));
  LineChart chart;
  chart.x = "at (UTC)";
  chart.values = {"drawn"};
  figure.chart = std::move(chart);
  figure.assumptions = {"Grid alone. Carbon: each hour's draw by its site's intensity."};
  return figure;
}

/// The highest hour of each site, under what its grid connection may carry in that hour.
PageFigure peaks_of_sites(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  std::vector<std::string> sites;
  std::vector<double> highest, limit, times;
  std::size_t idle = 0;
  for (std::size_t s = 0; s < answer.run.hourly_grid.size(); ++s) {
    const std::vector<double>& watts = answer.run.hourly_grid[s];
    const auto peak = std::max_element(watts.begin(), watts.end());
    if (peak == watts.end() || *peak <= 0) {
      ++idle;
      continue;
    }
    const auto at = static_cast<FleetHour>(peak - watts.begin());
    sites.push_back(model.sites[s].id);
    highest.push_back(*peak * (watt / gigawatt));
    limit.push_back(model.sites[s].grid_limit_at(at) / gigawatt);
    times.push_back(page_day(model.time, at));
  }
  PageFigure figure;
  figure.id = "site_peaks";
  figure.title = "Highest hour of each site under its grid connection";
  figure.reading =
      "What each site draws from the grid in its highest hour; the dashed rule is what its "
      "connection may carry in that hour.";
  if (idle > 0)
    figure.reading +=
        fmt::format(" {} {} nothing from the grid and {} left out.", idle,
                    idle == 1 ? "site draws" : "sites draw", idle == 1 ? "is" : "are");
  figure.data.word("site", std::move(sites)).number("highest hour", "GW", rounded(highest));
  figure.data.number("grid connection", "GW", rounded(limit)).date("on", std::move(times));
  BarChart chart;
  chart.category = "site";
  chart.values = {"highest hour"};
  chart.horizontal = true;
  chart.limit = "grid connection";
  figure.chart = std::move(chart);
  figure.assumptions = {"Grid alone: power that is generated on the site stands beside it."};
  return figure;
}

}  // namespace

FigureSection fleet_energy_section(const FleetAnswer& answer) {
  FigureSection section{"Energy and carbon", {}};
  const FleetMonths months(answer.model.time);
  section.figures = {energy_by_month(answer, months), energy_by_use(answer, months),
                     carbon_by_month(answer, months), intensity_by_month(answer, months)};
  if (answer.run.hourly_grid.empty()) return section;
  const GridHours hours = grid_hours(answer);
  section.figures.push_back(range_of_grid(answer, hours));
  section.figures.push_back(peaks_of_sites(answer));
  section.figures.push_back(hours_of_peak_week(answer, hours));
  section.figures.push_back(hours_of_last_weeks(answer, hours));
  return section;
}

}  // namespace polyfleet
