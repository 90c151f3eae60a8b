// What the browser needs to draw a long line chart itself (web/shared/plot.ts, uPlot): which
// columns of the figure's CSV are drawn how. The numbers are not repeated: they are in the CSV
// link.
#pragma once

#include <cstddef>
#include <string>

#include "chart/figure.hpp"

namespace polyfleet {

/// Series longer than this are worth zooming: a still picture shows some 200 points one by one.
inline constexpr std::size_t kStillRows = 200;

/// JSON in one line; empty for figures that stay still pictures.
std::string plot_spec(const PageFigure& figure);

}  // namespace polyfleet
