// Names beside points, where they touch neither each other nor a point; the rest is left to
// pointing at the point and to the table.
#pragma once

#include <string>
#include <vector>

#include "chart/frame.hpp"

namespace polyfleet {

struct PointLabel {
  std::string name;
  Spot at;
};

/// Nothing for more than 30 labels: a crowd is read by pointing.
void draw_point_labels(Drawing& drawing, const std::vector<PointLabel>& labels,
                       const std::vector<Spot>& dots, const Box& plot);

}  // namespace polyfleet
