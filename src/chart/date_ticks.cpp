#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "chart/number_text.hpp"
#include "chart/ticks.hpp"

namespace polyfleet {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr double kDaysPerMonth = 30.437, kDaysPerYear = 365.2425;  // of the Gregorian calendar

std::string month_label(const CalendarDay& date, bool with_year) {
  const std::string_view month = kMonths[static_cast<std::size_t>(date.month - 1)];
  return with_year ? fmt::format("{} {}", month, date.year) : std::string(month);
}

/// Ticks at the first day of every `stride`-th month. Quarters say Q1, years their number.
void add_months(double low, double high, int stride, std::vector<Tick>& ticks) {
  CalendarDay date = calendar_day(static_cast<long long>(std::floor(low)));
  date.month_day = 1;
  long long months = 12LL * date.year + (date.month - 1);
  months -= months % stride;
  bool first = true;
  for (;; months += stride) {
    const CalendarDay at{static_cast<int>(months / 12), static_cast<int>(months % 12) + 1, 1};
    const auto value = static_cast<double>(days_since_1970(at));
    if (value > high) break;
    if (value < low) continue;
    const bool year = first || at.month == 1;
    std::string label = stride >= 12  ? fmt::format("{}", at.year)
                        : stride == 3 ? fmt::format("Q{}", at.month / 3 + 1)
                                      : month_label(at, false);
    if (stride < 12 && year) label += fmt::format(" {}", at.year);
    ticks.push_back({value, std::move(label)});
    first = false;
  }
}

void add_days(double low, double high, double stride, std::vector<Tick>& ticks) {
  bool first = true;
  for (double value = std::ceil(low / stride) * stride; value <= high; value += stride) {
    const CalendarDay date = calendar_day(static_cast<long long>(std::floor(value + 1e-9)));
    std::string label = fmt::format("{} {}", date.month_day, month_label(date, first));
    if (stride < 1) {
      const std::string text = date_text(value, true);
      const std::string of_day = text.size() > 11 ? text.substr(11) : text;
      label = first || of_day == "00:00" ? fmt::format("{} {}", label, of_day) : of_day;
    }
    ticks.push_back({value, std::move(label)});
    first = false;
  }
}

}  // namespace

TickedRange date_ticks(double low, double high, int most) {
  constexpr double kFirst = -719162, kLast = 2932896;  // years 1 to 9999
  TickedRange range;
  low = std::clamp(low, kFirst, kLast);
  high = std::clamp(high, kFirst, kLast);
  if (high - low < 1.0 / 24) low -= 1, high += 1;
  range.low = low;
  range.high = high;
  const double room = (high - low) / std::max(1, most);  // days a tick
  for (const double stride : {1.0 / 24, 0.125, 0.25, 0.5, 1.0, 2.0, 7.0, 14.0}) {
    if (stride >= room) {
      add_days(low, high, stride, range.ticks);
      return range;
    }
  }
  for (const int months : {1, 2, 3, 6}) {
    if (months * kDaysPerMonth >= room) {
      add_months(low, high, months, range.ticks);
      return range;
    }
  }
  for (const int years : {1, 2, 5, 10, 20, 50, 100, 500, 1000}) {
    if (years * kDaysPerYear >= room || years == 1000) {
      add_months(low, high, 12 * years, range.ticks);
      return range;
    }
  }
  return range;
}

}  // namespace polyfleet
