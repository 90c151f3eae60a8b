// Times as traces write them: decimal seconds or milliseconds, or dates with a clock ("2023-11-16
// 18:17:03.9799600", "2024-05-10T00:00:00.009930+00:00"). Read exactly, without a detour through
// floating point, to the picosecond; further digits are cut off. A date without an offset is taken
// as UTC (only differences matter).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/picos.hpp"

namespace polyfleet {

/// A moment since an origin of the trace's own (1970 for dates). Seconds apart, because
/// picoseconds since 1970 do not fit.
struct TraceTime {
  std::int64_t seconds = 0;
  Picos picos = 0;  ///< in [0, 1e12), also when seconds are negative

  friend bool operator==(const TraceTime&, const TraceTime&) = default;
  friend bool operator<(const TraceTime& a, const TraceTime& b) {
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.picos < b.picos;
  }
};

/// The moment a span later.
TraceTime later(const TraceTime& time, Picos by);

/// "12.5" as seconds, or as milliseconds. Nothing: not a finite number, or beyond 1e15.
std::optional<TraceTime> decimal_time(std::string_view text, bool in_milliseconds);
/// Date and clock (ISO 8601, blank or T between), optional fraction and offset.
std::optional<TraceTime> date_time(std::string_view text);

/// The span between two moments; nothing when it is beyond 100 days either way.
std::optional<Picos> span(const TraceTime& from, const TraceTime& to);

/// Decimal seconds with as many digits as the picoseconds need: "0.25", "3".
std::string picos_text(Picos time);

}  // namespace polyfleet
