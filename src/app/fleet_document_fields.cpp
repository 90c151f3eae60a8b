#include "app/fleet_document_fields.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

struct LongUnit {
  std::string_view name;
  double days;
};
constexpr std::array<LongUnit, 6> kLongUnits{{{"week", 7},
                                              {"weeks", 7},
                                              {"month", 365.25 / 12},
                                              {"months", 365.25 / 12},
                                              {"year", 365.25},
                                              {"years", 365.25}}};

/// "5 years" and its kind; nothing where the unit is none of those.
std::optional<Seconds> long_span(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  while (!unit.empty() && unit.back() == ' ') unit.remove_suffix(1);
  for (const LongUnit& each : kLongUnits) {
    if (each.name == unit) return number * each.days * day;
  }
  return std::nullopt;
}

/// Two digits at the front of the text, which are taken off.
std::optional<int> two_digits(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  int number = 0;
  std::size_t used = 0;
  for (; used < text.size() && used < 2 && text[used] >= '0' && text[used] <= '9'; ++used)
    number = number * 10 + (text[used] - '0');
  text.remove_prefix(used);
  return number;
}

/// Minutes of "+5", "-06:00", "+05:30"; nothing where it is none.
std::optional<int> signed_minutes(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = two_digits(text);
  if (!hours) return std::nullopt;
  int minutes = 0;
  if (!text.empty()) {
    if (text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
    const auto read = two_digits(text);
    if (!read || *read > 59 || !text.empty()) return std::nullopt;
    minutes = *read;
  }
  return sign * (*hours * 60 + minutes);
}

}  // namespace

std::optional<Seconds> read_span(const Value& value, std::string_view key, Range range,
                                 Diagnostics& out) {
  const auto text = detail::read_text(value, key, out);
  if (!text) return std::nullopt;
  std::optional<Seconds> span = long_span(*text);
  if (!span) {
    const Result<Seconds> read = parse_quantity<Seconds>(*text);
    if (!read) {
      for (Diagnostic each : read.problems()) {
        each.where = value.where();
        each.what = fmt::format("{}: {}", key, each.what);
        each.fix = "write a span such as \"12 h\", \"30 days\", \"18 months\" or \"5 years\"";
        out.push_back(std::move(each));
      }
      return std::nullopt;
    }
    span = *read;
  }
  if (span->base() < range.low || span->base() > range.high) {
    detail::out_of_range(value, key, print_quantity(Seconds::from_base(range.low)),
                         print_quantity(Seconds::from_base(range.high)), out);
    return std::nullopt;
  }
  return span;
}

std::optional<int> read_utc_offset(const Value& value, std::string_view key, Diagnostics& out) {
  const auto text = detail::read_text(value, key, out);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  if (rest.starts_with("UTC")) rest.remove_prefix(3);
  if (rest.empty() && !text->empty()) return 0;
  const auto minutes = signed_minutes(rest);
  constexpr int kEarliest = -12 * 60, kLatest = 14 * 60;  // offsets in use on Earth
  if (!minutes) {
    out.push_back(
        problem_at(value.where(), fmt::format("{}: '{}' is no offset from UTC", key, *text),
                   "write a fixed offset such as \"-06:00\"; a named zone has hours that are "
                   "missing or double when its clocks change"));
    return std::nullopt;
  }
  if (*minutes < kEarliest || *minutes > kLatest) {
    out.push_back(problem_at(value.where(),
                             fmt::format("{}: no place on Earth is at '{}'", key, *text),
                             "offsets lie between -12:00 and +14:00"));
    return std::nullopt;
  }
  return minutes;
}

void check_status(const StatedEntry& entry, Diagnostics& out) {
  if (entry.status.empty()) return;
  std::vector<std::string> known(kStatusNames.begin(), kStatusNames.end());
  known.emplace_back("assumption");
  if (std::find(known.begin(), known.end(), entry.status) == known.end())
    out.push_back(problem_at(place_of(entry, "status"),
                             fmt::format("unknown status '{}'", entry.status),
                             name_suggestion(entry.status, known)));
}

}  // namespace polyfleet
