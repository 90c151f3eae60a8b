// Days of the proleptic Gregorian calendar, to turn a run's length into an end date. No wall clock:
// the start is the user's. Times of day are not kept: a run starts at midnight.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

struct CalendarDate {
  int year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
  friend bool operator==(const CalendarDate&, const CalendarDate&) = default;
};

/// "2026-12-01". Errors: another form, a day that no month has.
Result<CalendarDate> parse_date(std::string_view text);
/// "2026-12-01".
std::string print_date(const CalendarDate& date);
/// The day on which a run of this length ends that starts at the beginning of `start`.
CalendarDate date_after(const CalendarDate& start, Seconds length);

}  // namespace polyfleet
