#include "chart/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace polyfleet {

void Extent::add(double value) {
  if (std::isnan(value)) return;
  if (std::fabs(value) > kLargestDrawn) {
    ++infinite;
  } else if (scale == AxisScale::logarithmic && value < kSmallestLogged) {
    ++not_positive;
  } else {
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
}

void Extent::add(const std::vector<double>& values) {
  for (const double value : values) add(value);
}

double Axis::at(double value) const {
  if (!(std::fabs(value) <= kLargestDrawn)) return std::numeric_limits<double>::quiet_NaN();
  if (scale == AxisScale::logarithmic) {
    if (value < 1 / kLargestDrawn) return std::numeric_limits<double>::quiet_NaN();
    const double share = std::log(value / range.low) / std::log(range.high / range.low);
    return from + share * (to - from);
  }
  return from + (value - range.low) / (range.high - range.low) * (to - from);
}

double Axis::clamped(double value) const {
  if (std::isnan(value)) return value;
  return at(std::clamp(value, range.low, range.high));
}

Axis make_axis(const Extent& extent, const DataColumn& column, const std::string& name, bool zero,
               int most_ticks) {
  Axis axis;
  axis.scale = extent.scale;
  double low = extent.any ? extent.low : 0, high = extent.any ? extent.high : 1;
  if (column.kind == ColumnKind::date) {
    axis.scale = AxisScale::linear;
    axis.range = date_ticks(low, high, most_ticks);
  } else if (extent.scale == AxisScale::logarithmic) {
    axis.range = log_ticks(extent.any ? low : 1, extent.any ? high : 10, column.unit, most_ticks);
  } else {
    if (zero) low = std::min(low, 0.0), high = std::max(high, 0.0);
    axis.range = linear_ticks(low, high, column.unit, most_ticks);
  }
  if (name.empty()) {
    axis.title = axis.range.unit;
  } else {
    axis.title = axis.range.unit.empty() ? name : fmt::format("{} ({})", name, axis.range.unit);
  }
  return axis;
}

bool reaches_zero(const Extent& extent) {
  constexpr double kFarAbove = 0.6;  // of the greatest value: then most of the plot would be empty
  return extent.low >= 0 && extent.low < kFarAbove * extent.high;
}

std::string left_out(const std::vector<Extent>& extents) {
  std::size_t infinite = 0, not_positive = 0;
  for (const Extent& extent : extents) {
    infinite += extent.infinite;
    not_positive += extent.not_positive;
  }
  const auto said = [](std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
  };
  std::string text;
  if (infinite > 0) text = said(infinite, "value is infinite", "values are infinite");
  if (not_positive > 0) {
    text += text.empty() ? "" : ", ";
    text += said(not_positive, "value is not above zero", "values are not above zero");
  }
  return text.empty() ? text : text + ": not drawn";
}

}  // namespace polyfleet
