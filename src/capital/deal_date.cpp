#include "capital/deal_date.hpp"

#include <chrono>

namespace polyfleet {
namespace {

std::chrono::sys_days sys_days_of(const CalendarDate& date) {
  return std::chrono::sys_days(std::chrono::year_month_day{
      std::chrono::year(date.year), std::chrono::month(static_cast<unsigned>(date.month)),
      std::chrono::day(static_cast<unsigned>(date.day))});
}

}  // namespace

int days_between(const CalendarDate& from, const CalendarDate& to) {
  return static_cast<int>((sys_days_of(to) - sys_days_of(from)).count());
}

double years_between(const CalendarDate& from, const CalendarDate& to) {
  return days_between(from, to) * day / year_of_365;
}

CalendarDate add_days(const CalendarDate& date, int days) { return date_after(date, days * day); }

}  // namespace polyfleet
