#include "chart/line_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chart/text_width.hpp"

namespace polyfleet {
namespace {

constexpr double kLongestLineName = 150;  // user units of a label
constexpr double kLabelLine = 15;
constexpr double kLabelMark = 18;

/// Moves labels in order of y until none overlaps, within the plot where they fit.
void push_apart(std::vector<EndLabel>& labels, const Box& plot) {
  std::stable_sort(labels.begin(), labels.end(),
                   [](const EndLabel& a, const EndLabel& b) { return a.y < b.y; });
  for (std::size_t i = 1; i < labels.size(); ++i)
    labels[i].y = std::max(labels[i].y, labels[i - 1].y + kLabelLine);
  double lowest = plot.bottom;
  for (std::size_t i = labels.size(); i-- > 0;) {
    labels[i].y = std::min(labels[i].y, lowest);
    lowest = labels[i].y - kLabelLine;
  }
}

}  // namespace

double end_label_room(const std::vector<EndLabel>& labels, double font) {
  double room = 0;
  for (const EndLabel& label : labels)
    room = std::max(room, std::min(kLongestLineName, text_width(label.name, font)));
  return std::ceil(room * 1.04) + kLabelMark + 4;
}

void draw_end_labels(Drawing& drawing, std::vector<EndLabel> labels, const Box& plot) {
  push_apart(labels, plot);
  for (const EndLabel& label : labels) {
    drawing.canvas.path(
        joined_path({{plot.right + 5, label.y}, {plot.right + 14, label.y}}),
        fmt::format("stroke=\"{}\" stroke-width=\"3\"", series_paint(label.colour)));
    drawing.canvas.text({plot.right + kLabelMark, label.y + 4},
                        cut_to(label.name, kLongestLineName, drawing.font), {.ink = Ink::text});
  }
}

}  // namespace polyfleet
