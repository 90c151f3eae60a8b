// Plain numbers of the calendar, where hours, days and months are counted rather than measured.
#pragma once

namespace polyfleet {

inline constexpr int kHoursADay = 24;
inline constexpr int kMinutesAnHour = 60;
/// Of the Julian year of 365.25 days.
inline constexpr double kDaysAMonth = 365.25 / 12;

/// Floor of a / b. Precondition: b > 0.
constexpr int floor_divide(int a, int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace polyfleet
