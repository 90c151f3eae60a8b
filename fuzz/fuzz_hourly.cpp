// Any bytes are hours of a study or a diagnostic; what is read has a finite value for every hour,
// and stamps that are understood print and read back.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "fleet/hourly_series.hpp"
#include "fleet/hourly_stamp.hpp"

namespace {

polyfleet::HourlySpec spec_of(std::uint8_t choice) {
  polyfleet::HourlySpec spec;
  spec.what = "hours";
  spec.kind = static_cast<polyfleet::HourlyKind>(choice % 3);
  spec.rules.repeat_year = (choice & 4) != 0;
  spec.rules.fill = static_cast<polyfleet::HourlyFill>((choice >> 3) % 3);
  if ((choice & 32) != 0) spec.rules.utc_offset_minutes = -330;
  return spec;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const FleetTime kTime({2028, 2, 28}, {2028, 3, 2}, 2);
  const auto series = read_hourly_file(text, "x", spec_of(data[0]), kTime);
  if (series) {
    POLYFLEET_CHECK(static_cast<int>(series->by_hour().size()) == kTime.hours(), "every hour");
    for (const double value : series->by_hour())
      POLYFLEET_CHECK(std::isfinite(value), "a finite value");
  } else {
    POLYFLEET_CHECK(!series.problems().empty(), "a refusal says why");
  }
  if (const auto stamp = parse_stamp(text.substr(0, 40)); stamp && stamp->minutes % 60 == 0) {
    const auto again = parse_stamp(print_epoch_hour(stamp->minutes / 60));
    POLYFLEET_CHECK(again && again->minutes == stamp->minutes, "a stamp reads back");
  }
  return 0;
}
