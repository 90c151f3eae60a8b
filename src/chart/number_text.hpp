// Numbers and dates as people and programs read them. Wrong where a reader expects his own
// country's separators: digits are grouped by commas and the decimal mark is a point.
#pragma once

#include <string>
#include <vector>

namespace polyfleet {

/// The shortest decimal text that reads back to exactly this number; empty for NaN, "inf", "-inf".
std::string exact_number(double number);

/// For people: `digits` significant digits (whole numbers below 10^15 in full), digits grouped by
/// commas, a power of ten below 10^-4 and from 10^15 on; NaN is a dash.
std::string readable_number(double number, int digits = 4);

/// A readable number and its unit: "1,234 ms", "12.5 %", "7" (no unit).
std::string with_unit(double number, const std::string& unit, int digits = 4);

/// Each number at `digits` significant digits: long series of a model's doubles cost a report 17
/// digits a value otherwise.
std::vector<double> rounded(std::vector<double> numbers, int digits = 6);

/// A day of the proleptic Gregorian calendar. Valid for the years 1 to 9999.
struct CalendarDay {
  int year = 1970;
  int month = 1;      ///< 1 to 12
  int month_day = 1;  ///< 1 to 31
};
/// The day that begins `days` days after 1970-01-01 (H. Hinnant, chrono-compatible low-level date
/// algorithms).
CalendarDay calendar_day(long long days);
long long days_since_1970(const CalendarDay& date);

/// Whether dates of a column need their time of day to be told apart.
bool dates_have_times(const std::vector<double>& days);
/// YYYY-MM-DD, or YYYY-MM-DD HH:MM; empty for NaN, infinities and years outside 1 to 9999.
std::string date_text(double days, bool with_time = false);

}  // namespace polyfleet
