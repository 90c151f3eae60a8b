#include "report/fleet_slices.hpp"

#include <fmt/format.h>

namespace polyfleet {
namespace {

constexpr int kMonthsAQuarter = 3;

std::string slice_name(CalendarDate date, FleetSliceKind kind) {
  if (kind == FleetSliceKind::year) return fmt::format("{}", date.year);
  return fmt::format("{} Q{}", date.year, (date.month - 1) / kMonthsAQuarter + 1);
}

}  // namespace

std::vector<FleetSlice> fleet_slices(const FleetTime& time, FleetSliceKind kind) {
  std::vector<FleetSlice> slices;
  for (int period = 0; period < time.periods(); ++period) {
    std::string name = slice_name(time.date_of(time.first_hour(period)), kind);
    if (slices.empty() || slices.back().name != name)
      slices.push_back({std::move(name), period, period});
    slices.back().end = period + 1;
  }
  return slices;
}

Seconds length_of(const FleetTime& time, const FleetSlice& slice) {
  return (time.end_hour(slice.end - 1) - time.first_hour(slice.first)) * hour;
}

}  // namespace polyfleet
