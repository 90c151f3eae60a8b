#include "view/fleet_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "capital/deal_date.hpp"

namespace polyfleet {
namespace {

constexpr CalendarDate kFirstDay{1970, 1, 1};

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::abs(value);
  return sum;
}

/// Names of the series that are drawn each on its own, in their order.
std::vector<std::string> largest_of(const std::vector<std::pair<std::string, double>>& sums,
                                    std::size_t most_drawn) {
  std::vector<std::pair<std::string, double>> sorted = sums;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  const std::size_t most = sums.size() > most_drawn ? most_drawn - 1 : sums.size();
  const double least = most == 0 ? 0 : sorted[most - 1].second;
  std::vector<std::string> names;
  for (const auto& [name, sum] : sums)
    if (sum >= least && names.size() < most) names.push_back(name);
  return names;
}

}  // namespace

double page_day(const CalendarDate& date) { return days_between(kFirstDay, date); }

double page_day(const FleetTime& time, FleetHour at) {
  return page_day(time.begin()) + static_cast<double>(at) / kHoursADay;
}

std::vector<double> period_days(const FleetTime& time) {
  std::vector<double> days;
  for (int period = 0; period < time.periods(); ++period)
    days.push_back(page_day(time, time.first_hour(period)));
  return days;
}

double rounded(double value) {
  if (!std::isfinite(value) || value == 0) return value;
  return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

std::vector<double> rounded(std::vector<double> values) {
  for (double& value : values) value = rounded(value);
  return values;
}

std::vector<double>& NamedSeries::of(const std::string& name) {
  for (auto& [known, values] : series_)
    if (known == name) return values;
  return series_.emplace_back(name, std::vector<double>(rows_)).second;
}

std::vector<std::string> NamedSeries::add_to(DataTable& table, const std::string& unit,
                                             double factor, std::size_t most) const {
  std::vector<std::pair<std::string, double>> sums;
  for (const auto& [name, values] : series_)
    if (const double sum = sum_of(values); sum > 0) sums.emplace_back(name, sum);
  std::vector<std::string> drawn = largest_of(sums, most);
  std::vector<double> others(rows_);
  for (const auto& [name, values] : series_) {
    if (sum_of(values) == 0) continue;
    const bool alone = std::find(drawn.begin(), drawn.end(), name) != drawn.end();
    std::vector<double> column = values;
    for (std::size_t i = 0; i < rows_; ++i) {
      column[i] *= factor;
      if (!alone) others[i] += column[i];
    }
    table.number(name, unit, rounded(std::move(column)));
  }
  if (drawn.size() == sums.size()) return drawn;
  drawn.push_back(fmt::format("{} others", sums.size() - drawn.size()));
  table.number(drawn.back(), unit, rounded(std::move(others)));
  return drawn;
}

PageFigure area_by_period(const FleetTime& time, const NamedSeries& series,
                          std::string assumption) {
  constexpr char kFrom[] = "period from";
  std::vector<double> days = period_days(time);
  days.resize(series.rows());
  PageFigure figure;
  figure.data.date(kFrom, std::move(days));
  LineChart chart;
  chart.x = kFrom;
  chart.values = series.add_to(figure.data, "GW", watt / gigawatt);
  chart.stacked_area = true;
  figure.chart = std::move(chart);
  figure.assumptions = {std::move(assumption)};
  return figure;
}

FleetMonths::FleetMonths(const FleetTime& time) {
  CalendarDate last{0, 0, 0};
  for (int period = 0; period < time.periods(); ++period) {
    auto& shares = shares_.emplace_back();
    const FleetHour end = time.end_hour(period);
    const double length = end - time.first_hour(period);
    period_hours_.push_back(length);
    for (FleetHour at = time.first_hour(period); at < end; at += kHoursADay) {
      const CalendarDate date = time.date_of(at);
      if (date.year != last.year || date.month != last.month) {
        last = date;
        days_.push_back(page_day(CalendarDate{date.year, date.month, 1}));
        hours_.push_back(0);
      }
      const double share = std::min(kHoursADay, end - at) / length;
      if (shares.empty() || shares.back().first + 1 != days_.size())
        shares.emplace_back(days_.size() - 1, 0.0);
      shares.back().second += share;
      hours_.back() += share * length;
    }
  }
}

void FleetMonths::add(int period, double amount, std::vector<double>& sums) const {
  for (const auto& [month, share] : shares_[static_cast<std::size_t>(period)])
    sums[month] += amount * share;
}

NamedSeries FleetMonths::means(const NamedSeries& by_period) const {
  NamedSeries monthly(size());
  for (const auto& [name, values] : by_period.all()) {
    std::vector<double>& sums = monthly.of(name);
    for (std::size_t period = 0; period < values.size(); ++period)
      add(static_cast<int>(period), values[period] * period_hours_[period], sums);
    for (std::size_t month = 0; month < sums.size(); ++month) sums[month] /= hours_[month];
  }
  return monthly;
}

const DeviceClass& class_of(const FleetModel& model, int phase) {
  const FleetPhase& each = model.phases[static_cast<std::size_t>(phase)];
  return model.classes[static_cast<std::size_t>(each.device_class)];
}

const std::string& vendor_of(const FleetModel& model, int phase) {
  return class_of(model, phase).vendor;
}

std::string site_of(const FleetModel& model, int site) {
  return site < 0 ? std::string() : model.sites[static_cast<std::size_t>(site)].id;
}

std::string day_of(const FleetTime& time, FleetHour at) {
  return at == kNoHour ? "never" : print_date(time.date_of(at));
}

std::string day_of_period(const FleetTime& time, int period) {
  return print_date(time.date_of(time.first_hour(period)));
}

std::string periods_text(const FleetTime& time) {
  return fmt::format("{} periods of {} days", time.periods(), time.period_days());
}

}  // namespace polyfleet
