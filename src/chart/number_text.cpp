#include "chart/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace polyfleet {
namespace {

constexpr double kLongestWhole =
    1e15;  // past this a double no longer holds every whole number's tenths
constexpr double kFirstDay = -719162;  // 0001-01-01
constexpr double kLastDay = 2932897;   // 10000-01-01
constexpr double kMinutesPerDay = 24 * 60;

std::string grouped(std::string digits) {
  const std::size_t begin = digits.starts_with('-') ? 1 : 0;
  std::size_t end = digits.find_first_of(".e");
  if (end == std::string::npos) end = digits.size();
  if (end - begin < 4) return digits;
  for (std::size_t at = end - 3; at > begin; at -= std::min<std::size_t>(3, at))
    digits.insert(at, ",");
  return digits;
}

/// Without zeros after the decimal point that say nothing.
std::string trimmed(std::string digits) {
  if (digits.find('.') == std::string::npos) return digits;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.pop_back();
  return digits == "-0" ? "0" : digits;
}

}  // namespace

std::string exact_number(double number) {
  if (std::isnan(number)) return {};
  if (number == std::trunc(number) && std::fabs(number) < kLongestWhole)
    return fmt::format("{:.0f}", number == 0 ? 0.0 : number);
  return fmt::format("{}", number);
}

std::string readable_number(double number, int digits) {
  if (std::isnan(number)) return "–";
  if (std::isinf(number)) return number > 0 ? "∞" : "−∞";
  const double size = std::fabs(number);
  if (size == 0) return "0";
  if (size >= kLongestWhole || size < 1e-4) {
    std::string text = fmt::format("{:.{}e}", number, digits - 1);
    const std::size_t mark = text.find('e');
    return trimmed(text.substr(0, mark)) + fmt::format("e{}", std::stoi(text.substr(mark + 1)));
  }
  if (number == std::trunc(number)) return grouped(fmt::format("{:.0f}", number));
  const int whole = static_cast<int>(std::floor(std::log10(size))) + 1;
  return grouped(trimmed(fmt::format("{:.{}f}", number, std::max(0, digits - whole))));
}

std::string with_unit(double number, const std::string& unit, int digits) {
  const std::string text = readable_number(number, digits);
  return unit.empty() ? text : text + " " + unit;
}

std::vector<double> rounded(std::vector<double> numbers, int digits) {
  for (double& number : numbers)
    if (std::isfinite(number))
      number = std::strtod(fmt::format("{:.{}e}", number, digits - 1).c_str(), nullptr);
  return numbers;
}

CalendarDay calendar_day(long long days) {
  const long long shifted = days + 719468;
  const long long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const auto day_of_era = static_cast<int>(shifted - era * 146097);
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  const int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {static_cast<int>(era * 400) + year_of_era + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

long long days_since_1970(const CalendarDay& date) {
  const long long year = date.year - (date.month <= 2 ? 1 : 0);
  const long long era = (year >= 0 ? year : year - 399) / 400;
  const long long year_of_era = year - era * 400;
  const long long day_of_year =
      (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.month_day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

bool dates_have_times(const std::vector<double>& days) {
  return std::any_of(days.begin(), days.end(), [](double value) {
    return std::isfinite(value) && value != std::floor(value);
  });
}

std::string date_text(double days, bool with_time) {
  if (!(days >= kFirstDay && days < kLastDay)) return {};
  const double rounded = with_time ? std::round(days * kMinutesPerDay) / kMinutesPerDay : days;
  const double whole = std::floor(rounded);
  const CalendarDay date = calendar_day(static_cast<long long>(whole));
  std::string text = fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.month_day);
  if (with_time) {
    const int minutes = static_cast<int>(std::lround((rounded - whole) * kMinutesPerDay));
    text += fmt::format(" {:02}:{:02}", minutes / 60, minutes % 60);
  }
  return text;
}

}  // namespace polyfleet
