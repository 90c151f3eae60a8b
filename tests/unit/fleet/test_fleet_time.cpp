#include <doctest/doctest.h>

#include "fleet/fleet_time.hpp"

using namespace polyfleet;

TEST_CASE("a study counts every hour of its days, leap days too; the last period may be short") {
  const FleetTime time({2028, 1, 1}, {2029, 1, 1}, 7);
  CHECK(time.hours() == 366 * 24);
  CHECK(time.periods() == 53);
  CHECK(time.first_hour(0) == 0);
  CHECK(time.end_hour(0) == 168);
  CHECK(time.end_hour(52) == 366 * 24);
  CHECK(time.length(52) / day == doctest::Approx(2));
  CHECK(time.period_of(167) == 0);
  CHECK(time.period_of(168) == 1);
  Seconds all;
  for (int period = 0; period < time.periods(); ++period) all += time.length(period);
  CHECK(all / hour == doctest::Approx(time.hours()));
}

TEST_CASE("a date opens at its midnight; hours before the study are of earlier days") {
  const FleetTime time({2026, 1, 1}, {2030, 1, 1}, 7);
  CHECK(time.hour_of({2026, 1, 1}) == 0);
  CHECK(time.hour_of({2028, 2, 29}) == (365 + 365 + 31 + 28) * 24);
  CHECK(time.hour_of({2028, 3, 1}) - time.hour_of({2028, 2, 28}) == 48);
  CHECK(time.hour_of({2027, 3, 1}) - time.hour_of({2027, 2, 28}) == 24);
  CHECK(time.hour_of({2025, 12, 31}) == -24);
  for (const CalendarDate date : {CalendarDate{2028, 2, 29}, {2025, 2, 28}, {2031, 7, 4}}) {
    CHECK(time.date_of(time.hour_of(date)) == date);
    CHECK(time.date_of(time.hour_of(date) + 23) == date);
    CHECK_FALSE(time.date_of(time.hour_of(date) - 1) == date);
  }
}

TEST_CASE("the hour of the week is local, by a fixed offset") {
  const FleetTime time({2026, 1, 1}, {2027, 1, 1}, 7);  // a Thursday
  CHECK(time.hour_of_week(0, 0) == 3 * 24);
  CHECK(time.hour_of_week(4 * 24, 0) == 0);          // Monday
  CHECK(time.hour_of_week(4 * 24, -360) == 162);     // Sunday 18:00 in Texas
  CHECK(time.hour_of_week(4 * 24 - 6, 330) == 167);  // 18:00 UTC is 23:30 in India
  CHECK(time.hour_of_week(4 * 24 - 5, 330) == 0);
  CHECK(time.hour_of_week(-1, 0) == 3 * 24 - 1);
  for (int at = -400; at < 400; ++at)
    CHECK((time.hour_of_week(at, -480) + 1) % 168 == time.hour_of_week(at + 1, -480));
}
