// An axis: values to places on paper, with its ticks and its title.
#pragma once

#include <string>
#include <vector>

#include "chart/data_table.hpp"
#include "chart/figure.hpp"
#include "chart/ticks.hpp"

namespace polyfleet {

/// Larger numbers are as good as infinite: differences of two of them still are numbers.
inline constexpr double kLargestDrawn = 1e300;
/// Below it a logarithmic axis has no room for a lower end.
inline constexpr double kSmallestLogged = 1e-290;

/// Least and greatest of what can be drawn; what cannot is counted. Unknown values (NaN) are gaps
/// and not counted.
struct Extent {
  double low = 0, high = 0;
  bool any = false;
  std::size_t infinite = 0;      ///< beyond kLargestDrawn
  std::size_t not_positive = 0;  ///< on a logarithmic axis

  explicit Extent(AxisScale axis = AxisScale::linear) : scale(axis) {}
  void add(double value);
  void add(const std::vector<double>& values);
  AxisScale scale;
};

struct Axis {
  AxisScale scale = AxisScale::linear;
  TickedRange range;
  std::string title;
  double from = 0, to = 0;  ///< places of the range's ends

  /// NaN for what cannot be drawn.
  double at(double value) const;
  /// Ends of the range and what lies beyond them, clamped to it.
  double clamped(double value) const;
};

/// An axis for these values of `column`'s kind and unit, titled "name (unit)" with the unit that
/// its labels are in. `zero`: the range holds zero.
Axis make_axis(const Extent& extent, const DataColumn& column, const std::string& name, bool zero,
               int most_ticks);

/// Whether a linear axis of these values does better to begin at zero: nothing is below it, and the
/// least value is not far above it.
bool reaches_zero(const Extent& extent);

/// "3 values are infinite and not drawn"; empty when all is drawn.
std::string left_out(const std::vector<Extent>& extents);

}  // namespace polyfleet
