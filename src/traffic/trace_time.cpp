#include "traffic/trace_time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace polyfleet {
namespace {

constexpr std::int64_t kPicos = 1'000'000'000'000;
constexpr double kFarthest = 1e15;  // seconds: 30 million years, beyond any origin

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `digits` characters as a number, or nothing.
std::optional<int> fixed(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int number = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

/// The digits at the front of `text` as a fraction, in picos; they are taken off.
Picos fraction(std::string_view& text) {
  Picos picos = 0, unit = kPicos / 10;
  while (!text.empty() && is_digit(text[0])) {
    picos += unit * (text[0] - '0');
    unit /= 10;
    text.remove_prefix(1);
  }
  return picos;
}

/// Days since 1970 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date
/// algorithms", days_from_civil).
std::int64_t days_since_1970(int year, int month, int day_of_month) {
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = y / 400, of_era = y - era * 400;
  const std::int64_t day_of_year =
      (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
}

TraceTime of_double(double seconds) {
  const double whole = std::floor(seconds);
  TraceTime time{static_cast<std::int64_t>(whole),
                 static_cast<Picos>(std::round((seconds - whole) * kPicosPerSecond))};
  if (time.picos >= kPicos) time = {time.seconds + 1, 0};
  return time;
}

/// Seconds east of UTC at the front of `text`, which must be all of it.
std::optional<std::int64_t> offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const auto hours = fixed(text, 1, 2);
  const bool colon = text.size() > 3 && text[3] == ':';
  const std::size_t minutes_at = colon ? 4 : 3;
  const auto minutes = text.size() > 3 ? fixed(text, minutes_at, 2) : std::optional<int>(0);
  if (!hours || !minutes || (text.size() > 3 && text.size() != minutes_at + 2)) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<TraceTime> decimal_time(std::string_view text, bool in_milliseconds) {
  std::string_view rest = text;
  std::int64_t whole = 0;
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits]) && digits < 16)
    whole = whole * 10 + (rest[digits++] - '0');
  rest.remove_prefix(digits);
  Picos picos = 0;
  bool plain = digits > 0 && digits < 16;
  if (plain && !rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    picos = fraction(rest);
  }
  if (plain && rest.empty()) {
    if (!in_milliseconds) return TraceTime{whole, picos};
    return TraceTime{whole / 1000, whole % 1000 * (kPicos / 1000) + picos / 1000};
  }
  // Signs, exponents and very long numbers.
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (in_milliseconds) number /= 1000;
  if (!(std::abs(number) < kFarthest)) return std::nullopt;
  return of_double(number);
}

std::optional<TraceTime> date_time(std::string_view text) {
  const auto year = fixed(text, 0, 4), month = fixed(text, 5, 2), day_of_month = fixed(text, 8, 2);
  const auto hours = fixed(text, 11, 2), minutes = fixed(text, 14, 2), seconds = fixed(text, 17, 2);
  if (!year || !month || !day_of_month || !hours || !minutes || !seconds) return std::nullopt;
  const bool marked = text[4] == '-' && text[7] == '-' && (text[10] == ' ' || text[10] == 'T') &&
                      text[13] == ':' && text[16] == ':';
  const bool in_range = *month >= 1 && *month <= 12 && *day_of_month >= 1 && *day_of_month <= 31 &&
                        *hours <= 23 && *minutes <= 59 && *seconds <= 60;  // 60: leap second
  if (!marked || !in_range) return std::nullopt;
  std::string_view rest = text.substr(19);
  TraceTime time;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    if (rest.empty() || !is_digit(rest[0])) return std::nullopt;
    time.picos = fraction(rest);
  }
  const auto east = offset(rest);
  if (!east) return std::nullopt;
  time.seconds = days_since_1970(*year, *month, *day_of_month) * 86400 + *hours * 3600 +
                 *minutes * 60 + *seconds - *east;
  return time;
}

TraceTime later(const TraceTime& time, Picos by) {
  const Picos picos = time.picos + by % kPicos;
  return {time.seconds + by / kPicos + picos / kPicos, picos % kPicos};
}

std::optional<Picos> span(const TraceTime& from, const TraceTime& to) {
  const std::int64_t seconds = to.seconds - from.seconds;
  constexpr auto kLongest = static_cast<std::int64_t>(kLongestSimulation / second);
  if (seconds > kLongest || seconds < -kLongest) return std::nullopt;
  const Picos picos = seconds * kPicos + (to.picos - from.picos);
  if (picos > kLongest * kPicos || picos < -kLongest * kPicos) return std::nullopt;
  return picos;
}

std::string picos_text(Picos time) {
  const bool negative = time < 0;
  const auto size =
      negative ? ~static_cast<std::uint64_t>(time) + 1 : static_cast<std::uint64_t>(time);
  std::string text = fmt::format("{}{}", negative ? "-" : "", size / kPicos);
  if (const auto part = size % kPicos; part != 0) {
    text += fmt::format(".{:012}", part);
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

}  // namespace polyfleet
