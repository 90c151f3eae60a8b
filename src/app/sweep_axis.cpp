#include <fmt/format.h>

#include <cmath>

#include "app/sweep.hpp"
#include "base/csv.hpp"

namespace polyfleet {
namespace {

constexpr std::string_view kForm =
    "write --sweep KEY=A:B[:N][:log] or --sweep KEY=V1,V2,..., for example --sweep "
    "accelerator.memory_bandwidth=4TB/s:10TB/s:7";
/// Points of a range that does not say how many.
constexpr int kUsualPoints = 5;
/// A grid is as large as its user asks; one axis beyond this is a typing error.
constexpr double kMostAxisPoints = 1e6;

std::vector<std::string> parts_of(std::string_view text, char mark) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, from)) {
    parts.emplace_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.emplace_back(text.substr(from));
  return parts;
}

/// A number and the unit behind it as written.
struct Measure {
  double number = 0;
  std::string unit;
};

std::optional<Measure> measure_of(std::string_view text) {
  std::size_t end = text.find_first_not_of("+-.0123456789eE");
  if (end == std::string_view::npos) end = text.size();
  // "4e" of a unit such as "exa" is no exponent.
  while (end > 0 && !parse_number(text.substr(0, end))) --end;
  const auto number = end > 0 ? parse_number(text.substr(0, end)) : std::nullopt;
  if (!number) return {};
  const std::size_t unit = text.find_first_not_of(' ', end);
  return Measure{*number, unit == std::string_view::npos ? "" : std::string(text.substr(unit))};
}

bool is_whole(double number) {
  constexpr double kNear = 1e-9;
  return std::abs(number - std::round(number)) <= kNear * std::max(1.0, std::abs(number));
}

std::string number_text(double number) {
  return is_whole(number) ? fmt::format("{:.0f}", std::round(number)) : fmt::format("{}", number);
}

struct Span {
  Measure from, to;
  int points = 0;  ///< 0: not said
  bool logarithmic = false;
};

Result<Span> span_of(const std::vector<std::string>& parts, const Position& where) {
  const auto fault = [&](std::string what) { return problem_at(where, what, std::string(kForm)); };
  const auto from = measure_of(parts[0]), to = measure_of(parts[1]);
  if (!from || !to) return fault(fmt::format("'{}:{}' is no range of numbers", parts[0], parts[1]));
  if (from->unit != to->unit)
    return fault(
        fmt::format("the ends are in different units: '{}' and '{}'", from->unit, to->unit));
  Span span{*from, *to};
  for (std::size_t i = 2; i < parts.size(); ++i) {
    const auto count = parse_number(parts[i]);
    if (parts[i] == "log") {
      span.logarithmic = true;
    } else if (count && is_whole(*count) && *count >= 2 && *count <= kMostAxisPoints) {
      span.points = static_cast<int>(*count);
    } else {
      return fault(fmt::format("'{}' is neither a number of points (2 or more) nor log", parts[i]));
    }
  }
  if (span.logarithmic && !(span.from.number > 0 && span.to.number > 0))
    return fault("a logarithmic range needs both ends above zero");
  return span;
}

std::vector<std::string> values_of(const Span& span) {
  const auto& [from, to, said, logarithmic] = span;
  int points = said;
  if (points == 0) {
    const double steps = std::abs(to.number - from.number);
    const bool every_one = from.unit.empty() && !logarithmic && is_whole(from.number) &&
                           is_whole(to.number) && steps >= 1 && steps < kMostAxisPoints;
    points = every_one ? static_cast<int>(steps) + 1 : kUsualPoints;
  }
  std::vector<std::string> values;
  for (int i = 0; i < points; ++i) {
    const double share = static_cast<double>(i) / (points - 1);
    double number = logarithmic ? from.number * std::pow(to.number / from.number, share)
                                : from.number + (to.number - from.number) * share;
    if (i == points - 1) number = to.number;
    std::string text = number_text(number);
    if (!from.unit.empty()) text += ' ' + from.unit;
    if (values.empty() || values.back() != text) values.push_back(std::move(text));
  }
  return values;
}

}  // namespace

Result<SweepAxis> sweep_axis(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return problem_at({"--sweep", 0, 0}, fmt::format("'{}' is no sweep", text), std::string(kForm));
  SweepAxis axis;
  axis.key = text.substr(0, equals);
  const Position where{"--sweep " + axis.key, 0, 0};
  const std::string_view range = text.substr(equals + 1);
  const std::vector<std::string> parts = parts_of(range, ':');
  if (parts.size() >= 2 && measure_of(parts[0])) {
    const Result<Span> span = span_of(parts, where);
    if (!span) return span.problems();
    axis.values = values_of(*span);
    return axis;
  }
  axis.values = parts_of(range, ',');
  for (const std::string& value : axis.values) {
    if (value.empty()) return problem_at(where, "an empty value", std::string(kForm));
  }
  return axis;
}

}  // namespace polyfleet
