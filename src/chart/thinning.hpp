// Long lines drawn with no more points than can be seen: in each column of pixels the first, the
// least, the greatest and the last value stay (as in M4, U. Jugel et al., VLDB 2014, which draws
// the same pixels as the full line).
#pragma once

#include <vector>

#include "chart/canvas.hpp"

namespace polyfleet {

/// Neither coordinate is unknown or beyond all numbers.
bool drawable(const Spot& spot);

/// Spots in order of x; spots that are not finite are gaps and stay gaps. `column`: width of a
/// column in user units. Shorter lines come back as they are.
std::vector<Spot> thinned(const std::vector<Spot>& spots, double column);

}  // namespace polyfleet
