#include "fleet/fleet_time.hpp"

#include <algorithm>
#include <chrono>

#include "base/check.hpp"
#include "fleet/clock_units.hpp"

namespace polyfleet {
namespace {

constexpr int kHoursAWeek = 168, kMostYears = 100;

std::chrono::sys_days day_of(const CalendarDate& date) {
  return std::chrono::year_month_day(std::chrono::year(date.year),
                                     std::chrono::month(static_cast<unsigned>(date.month)),
                                     std::chrono::day(static_cast<unsigned>(date.day)));
}

}  // namespace

FleetTime::FleetTime(CalendarDate begin, CalendarDate end, int period_days)
    : begin_(begin), end_(end), period_days_(period_days) {
  const auto days = (day_of(end) - day_of(begin)).count();
  POLYFLEET_CHECK(days > 0 && days <= kMostYears * 366, "a study of 1 day to 100 years");
  POLYFLEET_CHECK(period_days >= 1 && period_days <= 366, "a period of 1 to 366 days");
  hours_ = static_cast<int>(days) * kHoursADay;
  weekday_ = static_cast<int>(std::chrono::weekday(day_of(begin)).iso_encoding()) - 1;
}

FleetHour FleetTime::end_hour(int period) const { return std::min(first_hour(period + 1), hours_); }

FleetHour FleetTime::hour_of(CalendarDate date) const {
  return static_cast<int>((day_of(date) - day_of(begin_)).count()) * kHoursADay;
}

CalendarDate FleetTime::date_of(FleetHour at) const {
  return date_after(begin_, floor_divide(at, kHoursADay) * day);
}

int FleetTime::hour_of_week(FleetHour at, int utc_offset_minutes) const {
  const int local = floor_divide(at * 60 + utc_offset_minutes, 60) + weekday_ * kHoursADay;
  return local - floor_divide(local, kHoursAWeek) * kHoursAWeek;
}

}  // namespace polyfleet
