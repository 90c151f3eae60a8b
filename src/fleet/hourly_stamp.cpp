#include "fleet/hourly_stamp.hpp"

#include <fmt/format.h>

#include <chrono>

#include "fleet/clock_units.hpp"

namespace polyfleet {
namespace {

constexpr int kMostOffsetHours = 14;
constexpr int kFirstYear = 1900, kLastYear = 2200;

/// The number in exactly these digits; nothing where there are others.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

struct Clock {
  int minutes = 0;  ///< of the day
  std::size_t end = 0;
};

/// "23:00" or "23:00:00" from this place on.
std::optional<Clock> clock_at(std::string_view text, std::size_t at) {
  const auto hours = digits(text, at, 2), minutes = digits(text, at + 3, 2);
  if (!hours || !minutes || text[at + 2] != ':' || *hours >= kHoursADay ||
      *minutes >= kMinutesAnHour)
    return std::nullopt;
  Clock clock{*hours * kMinutesAnHour + *minutes, at + 5};
  if (clock.end < text.size() && text[clock.end] == ':') {
    if (digits(text, clock.end + 1, 2) != 0) return std::nullopt;
    clock.end += 3;
    if (clock.end < text.size() && text[clock.end] == '.') {  // fractions, zero only
      std::size_t zeros = clock.end + 1;
      while (zeros < text.size() && text[zeros] == '0') ++zeros;
      if (zeros == clock.end + 1) return std::nullopt;
      clock.end = zeros;
    }
  }
  return clock;
}

}  // namespace

std::optional<std::int64_t> epoch_day(int year, int month, int day_of_month) {
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day_of_month)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<int> parse_utc_offset(std::string_view text) {
  if (text == "Z" || text == "z" || text == "UTC" || text == "utc") return 0;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  const std::string_view rest = text.substr(1);
  std::optional<int> hours, minutes = 0;
  if (rest.size() == 1 || rest.size() == 2) {
    hours = digits(rest, 0, rest.size());
  } else if (rest.size() == 4) {
    hours = digits(rest, 0, 2);
    minutes = digits(rest, 2, 2);
  } else if (rest.size() == 5 && rest[2] == ':') {
    hours = digits(rest, 0, 2);
    minutes = digits(rest, 3, 2);
  }
  if (!hours || !minutes || *minutes >= kMinutesAnHour) return std::nullopt;
  const int total = *hours * kMinutesAnHour + *minutes;
  if (total > kMostOffsetHours * kMinutesAnHour) return std::nullopt;
  return sign * total;
}

std::optional<Stamp> parse_stamp(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day_number = digits(text, 8, 2);
  if (!year || !month || !day_number || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (*year < kFirstYear || *year > kLastYear) return std::nullopt;
  const auto days = epoch_day(*year, *month, *day_number);
  if (!days || text.size() < 16 || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
  const auto clock = clock_at(text, 11);
  if (!clock) return std::nullopt;
  Stamp stamp{*days * kHoursADay * kMinutesAnHour + clock->minutes, false};
  const std::string_view zone = text.substr(clock->end);
  if (zone.empty()) return stamp;
  const auto offset = parse_utc_offset(zone);
  if (!offset) return std::nullopt;
  stamp.minutes -= *offset;
  stamp.zoned = true;
  return stamp;
}

HourParts parts_of(std::int64_t epoch_hour) {
  std::int64_t days = epoch_hour / kHoursADay;
  if (epoch_hour % kHoursADay < 0) --days;
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(epoch_hour - days * kHoursADay)};
}

std::string print_epoch_hour(std::int64_t epoch_hour) {
  const HourParts parts = parts_of(epoch_hour);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:00Z", parts.year, parts.month, parts.day_of_month,
                     parts.hour_of_day);
}

}  // namespace polyfleet
