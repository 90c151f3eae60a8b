#include "fleet/hourly_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/files.hpp"
#include "catalogue/figure_field.hpp"
#include "fleet/clock_units.hpp"
#include "fleet/hourly_stamp.hpp"

namespace polyfleet {
namespace {

constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/// Local clock at an hour of UTC; offsets of part of an hour mix the two local hours.
double at_local_minutes(const HourlyProfile& profile, int month, double local_minutes) {
  const double hours = local_minutes / kMinutesAnHour;
  const auto from = static_cast<std::size_t>(std::floor(hours));
  const double part = hours - std::floor(hours);
  const auto& day = profile.table[static_cast<std::size_t>(month - 1)];
  return day[from % kHoursADay] * (1 - part) + day[(from + 1) % kHoursADay] * part;
}

HourlySeries series_of(const HourlyProfile& profile, double factor, const FleetTime& time) {
  const CalendarDate& begin = time.begin();
  const std::int64_t first = epoch_day(begin.year, begin.month, begin.day).value_or(0) * kHoursADay;
  std::vector<double> by_hour;
  by_hour.reserve(static_cast<std::size_t>(time.hours()));
  int known_day = floor_divide(profile.utc_offset_minutes, kMinutesAnHour * kHoursADay) - 1;
  int month = 0;
  for (int h = 0; h < time.hours(); ++h) {
    const int local = h * kMinutesAnHour + profile.utc_offset_minutes;
    const int local_day = floor_divide(local, kMinutesAnHour * kHoursADay);
    if (local_day != known_day) {
      known_day = local_day;
      month = parts_of(first + local_day * kHoursADay).month;
    }
    const int minutes = local - local_day * kMinutesAnHour * kHoursADay;
    by_hour.push_back(factor * at_local_minutes(profile, month, minutes));
  }
  return HourlySeries(std::move(by_hour));
}

Result<HourlySeries> from_profile(const HourlySpec& spec, const FleetTime& time) {
  double factor = 1;
  if (spec.profile_mean) {
    if (spec.kind == HourlyKind::temperature)
      return problem_at(spec.where, spec.what + ": a temperature has no mean to scale to");
    const double mean = spec.profile->mean();
    if (!(mean > 0))
      return problem_at(
          spec.where, fmt::format("{}: profile '{}' has no positive mean to scale from", spec.what,
                                  spec.profile->id));
    factor = *spec.profile_mean / mean;
  }
  return series_of(*spec.profile, factor, time);
}

}  // namespace

double HourlyProfile::mean() const {
  double sum = 0;
  int days = 0;
  for (std::size_t month = 0; month < table.size(); ++month) {
    for (const double value : table[month]) sum += kDays[month] * value;
    days += kDays[month];
  }
  return sum / (days * kHoursADay);
}

Result<HourlySeries> build_hourly(const HourlySpec& spec, const FleetTime& time,
                                  std::vector<std::string>* notes) {
  const int ways =
      int{spec.constant.has_value()} + int{spec.profile.has_value()} + int{!spec.file.empty()};
  if (ways != 1)
    return problem_at(spec.where,
                      fmt::format("{} states {} of a number, a profile and a file", spec.what,
                                  ways == 0 ? "none" : "several"),
                      "state exactly one of them");
  if (spec.constant) return HourlySeries(*spec.constant);
  if (spec.profile) return from_profile(spec, time);
  const Result<std::string> text = read_file(spec.file);
  if (!text) return text.problems();
  return read_hourly_file(*text, spec.file.string(), spec, time, notes);
}

}  // namespace polyfleet
