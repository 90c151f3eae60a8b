// Points of time as tables write them (ISO 8601), in minutes of UTC. No zone names: local time with
// daylight saving has hours that are missing or double, so an offset must be stated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace polyfleet {

struct Stamp {
  std::int64_t minutes = 0;  ///< since 1970-01-01T00:00, of UTC where zoned, else local
  bool zoned = false;        ///< states an offset from UTC
};

/// "2026-01-31T23:00Z", "2026-01-31 23:00:00+01:00", "2026-01-31T23:00"; years 1900 to 2200,
/// seconds only zero. Nothing where the text is none.
std::optional<Stamp> parse_stamp(std::string_view text);

/// "Z", "UTC", "+01:00", "-0330", "+5": minutes ahead of UTC, at most 14 hours.
std::optional<int> parse_utc_offset(std::string_view text);

/// Days since 1970-01-01 of a calendar day; nothing where there is no such day.
std::optional<std::int64_t> epoch_day(int year, int month, int day_of_month);

/// The parts of an hour since 1970-01-01T00:00.
struct HourParts {
  int year = 1970, month = 1, day_of_month = 1, hour_of_day = 0;
};
HourParts parts_of(std::int64_t epoch_hour);
/// "2026-01-31T23:00Z".
std::string print_epoch_hour(std::int64_t epoch_hour);

}  // namespace polyfleet
