#include "training/calendar_field.hpp"

#include <fmt/format.h>

namespace polyfleet {

std::optional<CalendarDate> read_day(const Value& value, std::string_view key, Diagnostics& out) {
  const auto text = detail::read_text(value, key, out);
  if (!text) return std::nullopt;
  const Result<CalendarDate> date = parse_date(*text);
  if (date) return *date;
  for (Diagnostic each : date.problems()) {
    each.where = value.where();
    each.what = fmt::format("{}: {}", key, each.what);
    out.push_back(std::move(each));
  }
  return std::nullopt;
}

}  // namespace polyfleet
