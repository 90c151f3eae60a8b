// The clock of a fleet study: hours in UTC counted from midnight of the first day, and periods of
// whole days in which allocation is decided. Leap days are days like others; local time is UTC plus
// a fixed offset, so that no hour is missing or doubled by daylight saving.
#pragma once

#include "training/calendar.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Hours from the study's begin; may lie before it (negative) or after its end.
using FleetHour = int;
inline constexpr FleetHour kNoHour = 1 << 30;         ///< never
inline constexpr Seconds kMeanYear = 365.2425 * day;  ///< of the Gregorian calendar

class FleetTime {
 public:
  FleetTime() = default;
  /// From the first day to the day after the last; the last period may be shorter.
  /// Precondition: begin before end, 1 <= period_days <= 366, at most 100 years.
  FleetTime(CalendarDate begin, CalendarDate end, int period_days);

  CalendarDate begin() const { return begin_; }
  CalendarDate end() const { return end_; }
  int period_days() const { return period_days_; }
  int hours() const { return hours_; }
  int periods() const { return (hours_ + period_days_ * 24 - 1) / (period_days_ * 24); }
  FleetHour first_hour(int period) const { return period * period_days_ * 24; }
  /// One past the last hour of a period.
  FleetHour end_hour(int period) const;
  FleetHour middle(int period) const { return (first_hour(period) + end_hour(period)) / 2; }
  Seconds length(int period) const { return (end_hour(period) - first_hour(period)) * hour; }
  /// Precondition: 0 <= hour < hours().
  int period_of(FleetHour at) const { return at / (period_days_ * 24); }
  /// Midnight that opens the day.
  FleetHour hour_of(CalendarDate date) const;
  CalendarDate date_of(FleetHour at) const;
  /// Hour of the week, 0 = Monday 00:00, in a place this many minutes ahead of UTC.
  int hour_of_week(FleetHour at, int utc_offset_minutes) const;

 private:
  CalendarDate begin_, end_;
  int period_days_ = 7;
  int hours_ = 0;
  int weekday_ = 0;  ///< of the first day, 0 = Monday
};

}  // namespace polyfleet
