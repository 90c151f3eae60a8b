// Names at the right ends of lines, pushed apart so that they never overlap: read without going
// back and forth to a legend.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chart/frame.hpp"

namespace polyfleet {

inline constexpr std::size_t kMostEndLabels = 9;  ///< more are better read in a legend

struct EndLabel {
  std::string name;
  int colour = 1;
  double y = 0;  ///< where its line ends
};

/// Room at the right of the plot, in user units.
double end_label_room(const std::vector<EndLabel>& labels, double font);
void draw_end_labels(Drawing& drawing, std::vector<EndLabel> labels, const Box& plot);

}  // namespace polyfleet
