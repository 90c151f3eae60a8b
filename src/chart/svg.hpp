// A figure's chart as SVG text: no scripts, no fonts, no addresses; colours are CSS variables with
// fallbacks (--series-1.., --ink, --grid), so that one picture serves light and dark pages, print,
// and documents that show the file itself. Every text of the data is escaped. Same figure, same
// bytes.
#pragma once

#include <string>

#include "chart/figure.hpp"

namespace polyfleet {

/// Widths of pictures for a desk and for a phone: texts of 12 units stay readable on both.
inline constexpr double kWidePicture = 720, kNarrowPicture = 360;

struct SvgStyle {
  double width = kWidePicture;  ///< user units; the picture scales with its page
  bool standalone = false;  ///< a file of its own: name spaces, both colour schemes, a background
};

/// Empty for a figure without chart. Lines of more points than can be seen are thinned to the least
/// and greatest of each column of pixels.
std::string svg_of(const PageFigure& figure, const SvgStyle& style = {});

}  // namespace polyfleet
