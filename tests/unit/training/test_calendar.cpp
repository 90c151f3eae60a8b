#include <doctest/doctest.h>

#include "training/calendar.hpp"

using namespace polyfleet;

TEST_CASE("a date is read as it is printed; what is none is refused") {
  for (const char* text : {"2026-12-01", "2028-02-29", "0001-01-01", "9999-12-31"}) {
    const Result<CalendarDate> date = parse_date(text);
    REQUIRE(date);
    CHECK(print_date(*date) == text);
  }
  for (const char* text : {"2026-13-01", "2027-02-29", "2026-00-10", "2026-01-00", "2026-1-1",
                           "01.12.2026", "2026-12-01 ", "tomorrow", "", "+026-12-01"}) {
    const Result<CalendarDate> date = parse_date(text);
    REQUIRE_FALSE(date);
    CHECK_FALSE(date.problems().front().fix.empty());
  }
}

TEST_CASE("a run ends on the day in which its last moment lies") {
  const CalendarDate start{2026, 12, 1};
  CHECK(print_date(date_after(start, 0 * second)) == "2026-12-01");
  CHECK(print_date(date_after(start, 0.999 * day)) == "2026-12-01");
  CHECK(print_date(date_after(start, 1 * day)) == "2026-12-02");
  CHECK(print_date(date_after(start, 31.5 * day)) == "2027-01-01");
  CHECK(print_date(date_after({2028, 2, 28}, 1 * day)) == "2028-02-29");
  CHECK(print_date(date_after({2026, 3, 1}, 365 * day)) == "2027-03-01");
}
