#include "chart/point_labels.hpp"

#include <algorithm>
#include <array>

#include "chart/text_width.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostLabels = 30;
constexpr double kSize = 11, kDot = 5, kLongestPointName = 180;

bool overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/// Right of the dot, left, above, below.
std::array<Box, 4> places_of(const Spot& at, double width) {
  const double half = width / 2, middle = kSize / 2 + 1;
  return {{{at.x + 8, at.y - middle, at.x + 8 + width, at.y + middle},
           {at.x - 8 - width, at.y - middle, at.x - 8, at.y + middle},
           {at.x - half, at.y - 8 - kSize, at.x + half, at.y - 7},
           {at.x - half, at.y + 7, at.x + half, at.y + 8 + kSize}}};
}

}  // namespace

void draw_point_labels(Drawing& drawing, const std::vector<PointLabel>& labels,
                       const std::vector<Spot>& dots, const Box& plot) {
  if (labels.size() > kMostLabels) return;
  std::vector<Box> taken;
  for (const Spot& dot : dots)
    taken.push_back({dot.x - kDot, dot.y - kDot, dot.x + kDot, dot.y + kDot});
  for (const PointLabel& label : labels) {
    const std::string name = cut_to(label.name, kLongestPointName, kSize);
    for (const Box& place : places_of(label.at, text_width(name, kSize) * 1.04)) {
      const bool inside = place.left >= plot.left && place.right <= drawing.width &&
                          place.top >= plot.top - 10 && place.bottom <= plot.bottom;
      const bool free = std::none_of(taken.begin(), taken.end(),
                                     [&](const Box& box) { return overlap(box, place); });
      if (!inside || !free) continue;
      drawing.canvas.text({place.left, place.bottom - 2.5}, name,
                          {.size = kSize, .ink = Ink::text, .halo = true});
      taken.push_back(place);
      break;
    }
  }
}

}  // namespace polyfleet
