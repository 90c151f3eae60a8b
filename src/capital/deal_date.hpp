// Days between dates and years of 365 days ("actual/365 fixed", the convention of XNPV and XIRR in
// spreadsheets): one rule for share prices, interest and cash flows, so that they agree. Wrong by
// 0.07 % against the mean calendar year.
#pragma once

#include "training/calendar.hpp"

namespace polyfleet {

/// A year of actual/365, for lives and yearly rates.
inline constexpr Seconds year_of_365 = 365 * day;

/// Whole days from `from` to `to`; negative where `to` is earlier.
int days_between(const CalendarDate& from, const CalendarDate& to);
/// Years of 365 days from `from` to `to`.
double years_between(const CalendarDate& from, const CalendarDate& to);
CalendarDate add_days(const CalendarDate& date, int days);
inline bool is_before(const CalendarDate& a, const CalendarDate& b) {
  return days_between(a, b) > 0;
}

}  // namespace polyfleet
