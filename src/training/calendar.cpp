#include "training/calendar.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

namespace polyfleet {
namespace {

/// All of the text as a number without sign.
bool read_digits(std::string_view text, int& into) {
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

std::chrono::year_month_day civil(const CalendarDate& date) {
  return {std::chrono::year(date.year), std::chrono::month(static_cast<unsigned>(date.month)),
          std::chrono::day(static_cast<unsigned>(date.day))};
}

}  // namespace

Result<CalendarDate> parse_date(std::string_view text) {
  const std::string fix = "write a date as YYYY-MM-DD, such as 2026-12-01";
  CalendarDate date;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      read_digits(text.substr(0, 4), date.year) &&
                      read_digits(text.substr(5, 2), date.month) &&
                      read_digits(text.substr(8, 2), date.day);
  if (!shaped) return problem(fmt::format("'{}' is not a date", text), fix);
  if (!civil(date).ok()) return problem(fmt::format("there is no day {}", text), fix);
  return date;
}

std::string print_date(const CalendarDate& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

CalendarDate date_after(const CalendarDate& start, Seconds length) {
  const auto days = std::chrono::days(static_cast<int>(std::floor(length / day)));
  const std::chrono::year_month_day end(std::chrono::sys_days(civil(start)) + days);
  return {static_cast<int>(end.year()), static_cast<int>(static_cast<unsigned>(end.month())),
          static_cast<int>(static_cast<unsigned>(end.day()))};
}

}  // namespace polyfleet
