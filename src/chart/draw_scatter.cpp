// Points of two numbers, in groups: predicted against measured, cost against speed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "chart/draw.hpp"
#include "chart/number_text.hpp"
#include "chart/point_labels.hpp"
#include "chart/thinning.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostTitledPoints =
    400;  // points that say what they are: the first of the table

constexpr std::size_t kCrowd =
    300;  // points past which intervals are a faint cloud of whole pixels

struct Group {
  std::string name;
  std::vector<std::size_t> rows;
};

struct Points {
  const ScatterChart& chart;
  const DataColumn *x = nullptr, *y = nullptr, *low = nullptr, *high = nullptr;
  const DataColumn *label = nullptr, *joined = nullptr;
  std::vector<Group> groups = {};  ///< in order of first appearance
  std::vector<int> colours = {};
  Extent x_extent, y_extent;
};

void find_groups(Points& points, const DataColumn* group, std::size_t rows) {
  std::vector<std::string> names;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string name = group == nullptr ? std::string() : group->words[row];
    const auto found = std::find(names.begin(), names.end(), name);
    const auto place = static_cast<std::size_t>(found - names.begin());
    if (found == names.end()) {
      names.push_back(name);
      points.groups.push_back({name, {}});
    }
    points.groups[place].rows.push_back(row);
  }
  points.colours = series_colours(names);
}

Points points_of(const ScatterChart& chart, const DataTable& data) {
  Points points{
      .chart = chart, .x_extent = Extent(chart.x_scale), .y_extent = Extent(chart.y_scale)};
  points.x = number_column(data, chart.x);
  points.y = number_column(data, chart.y);
  points.low = number_column(data, chart.low);
  points.high = number_column(data, chart.high);
  points.label = word_column(data, chart.label);
  points.joined = number_column(data, chart.joined);
  if (points.x == nullptr || points.y == nullptr) return points;
  find_groups(points, word_column(data, chart.group), data.rows());
  points.x_extent.add(points.x->numbers);
  points.y_extent.add(points.y->numbers);
  if (points.low != nullptr) points.y_extent.add(points.low->numbers);
  if (points.high != nullptr) points.y_extent.add(points.high->numbers);
  if (!chart.limit_label.empty()) points.y_extent.add(chart.limit);
  return points;
}

struct PointAxes {
  Axis x, y;
  Box plot;
  Spot spot(const Points& points, std::size_t row) const {
    return {x.at(points.x->numbers[row]), y.at(points.y->numbers[row])};
  }
};

std::string title_of(const Points& points, std::size_t row) {
  const std::string numbers =
      fmt::format("{} {}, {} {}", points.x->name, with_unit(points.x->numbers[row], points.x->unit),
                  points.y->name, with_unit(points.y->numbers[row], points.y->unit));
  return points.label == nullptr ? numbers : points.label->words[row] + ": " + numbers;
}

void draw_intervals(Drawing& drawing, const Points& points, const PointAxes& axes) {
  if (points.low == nullptr || points.high == nullptr) return;
  const bool crowd = points.x->size() > kCrowd;
  for (std::size_t i = 0; i < points.groups.size(); ++i) {
    std::string path;
    for (const std::size_t row : points.groups[i].rows) {
      const double x = axes.x.at(points.x->numbers[row]);
      const double low = axes.y.at(points.low->numbers[row]);
      const double high = axes.y.at(points.high->numbers[row]);
      if (!std::isfinite(x) || !std::isfinite(low) || !std::isfinite(high)) continue;
      path += crowd ? fmt::format("M{:.0f} {:.0f}V{:.0f}", x, low, high)
                    : fmt::format("M{} {}V{}", coordinate(x), coordinate(low), coordinate(high));
    }
    const double faint = crowd ? 0.18 : 0.45;
    drawing.canvas.path(path, fmt::format("stroke=\"{}\" stroke-opacity=\"{}\" fill=\"none\"",
                                          series_paint(points.colours[i]), faint));
  }
}

/// Dots are strokes of no length with round ends: a third of the bytes of circles.
void draw_dots(Drawing& drawing, const Points& points, const PointAxes& axes) {
  const std::size_t count = points.x->size();
  const std::size_t titled = drawing.canvas.titled() ? kMostTitledPoints : 0;
  const double size = count > 400 ? 5 : count > 60 ? 7 : 9;
  for (std::size_t i = 0; i < points.groups.size(); ++i) {
    drawing.canvas.begin_group(
        fmt::format("stroke=\"{}\" stroke-width=\"{}\" stroke-linecap=\"round\" "
                    "stroke-opacity=\"{}\"",
                    series_paint(points.colours[i]), size, count > 60 ? 0.6 : 0.9));
    std::set<std::string> there;
    std::string path;
    for (const std::size_t row : points.groups[i].rows) {
      const Spot spot = axes.spot(points, row);
      if (!drawable(spot)) continue;
      const std::string place = joined_path({spot}) + "h0";
      if (row < titled) {
        drawing.canvas.path(place, {}, title_of(points, row));
      } else if (there.insert(place).second) {
        path += place;
      }
    }
    drawing.canvas.path(path, {});
    drawing.canvas.end_group();
  }
}

void draw_front(Drawing& drawing, const Points& points, const PointAxes& axes) {
  if (points.joined == nullptr) return;
  std::vector<Spot> spots;
  for (std::size_t row = 0; row < points.joined->size(); ++row) {
    const Spot spot = axes.spot(points, row);
    if (points.joined->numbers[row] == 1 && drawable(spot)) spots.push_back(spot);
  }
  std::stable_sort(spots.begin(), spots.end(),
                   [](const Spot& a, const Spot& b) { return a.x < b.x; });
  drawing.canvas.path(joined_path(spots),
                      fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" "
                                  "stroke-linejoin=\"round\"",
                                  ink_paint(Ink::axis)));
}

void draw_identity(Drawing& drawing, const PointAxes& axes) {
  const double low = std::max(axes.x.range.low, axes.y.range.low);
  const double high = std::min(axes.x.range.high, axes.y.range.high);
  if (!(low < high)) return;
  const Spot from{axes.x.at(low), axes.y.at(low)}, to{axes.x.at(high), axes.y.at(high)};
  drawing.canvas.line(from, to, Ink::text, 1, "5 4");
}

/// With the line y = x both axes have one range, so that it is the diagonal: what both can show.
void share_range(Points& points) {
  const bool logarithmic = points.x_extent.scale == AxisScale::logarithmic ||
                           points.y_extent.scale == AxisScale::logarithmic;
  Extent both(logarithmic ? AxisScale::logarithmic : AxisScale::linear);
  for (const Extent* extent : {&points.x_extent, &points.y_extent}) {
    both.add(extent->low);
    both.add(extent->high);
  }
  if (!both.any) return;
  for (Extent* extent : {&points.x_extent, &points.y_extent}) {
    extent->low = both.low;
    extent->high = both.high;
  }
}

PointAxes lay_out(Drawing& drawing, const Points& points) {
  PointAxes axes;
  const bool same = points.chart.identity;
  const auto zero = [&](const Extent& extent) {
    return !same && extent.scale == AxisScale::linear && reaches_zero(extent);
  };
  axes.y = make_axis(points.y_extent, *points.y, points.y->name, zero(points.y_extent), 6);
  draw_upright_title(drawing, axes.y.title);
  const double left = upright_room(axes.y, drawing.font);
  const double right = drawing.width - 12;
  const double height = same ? std::min(right - left, 440.0) : drawing.narrow() ? 240 : 320;
  const double top = drawing.y + 6;
  axes.plot = {left, top, same ? std::min(right, left + height * 1.5) : right, top + height};
  axes.x = make_axis(points.x_extent, *points.x, points.x->name, zero(points.x_extent),
                     drawing.narrow() ? 4 : 8);
  axes.x.from = axes.plot.left;
  axes.x.to = axes.plot.right;
  axes.y.from = axes.plot.bottom;
  axes.y.to = axes.plot.top;
  return axes;
}

void label_points(Drawing& drawing, const Points& points, const PointAxes& axes) {
  if (points.label == nullptr) return;
  std::vector<PointLabel> labels;
  std::vector<Spot> dots;
  for (std::size_t row = 0; row < points.x->size(); ++row) {
    const Spot spot = axes.spot(points, row);
    if (!drawable(spot)) continue;
    dots.push_back(spot);
    const bool first = points.joined == nullptr || points.joined->numbers[row] == 1;
    if (first) labels.push_back({points.label->words[row], spot});
  }
  draw_point_labels(drawing, labels, dots, axes.plot);
}

}  // namespace

void draw_chart(Drawing& drawing, const ScatterChart& chart, const DataTable& data) {
  Points points = points_of(chart, data);
  const std::string note = left_out({points.x_extent, points.y_extent});
  if (points.x == nullptr || points.y == nullptr || !points.x_extent.any || !points.y_extent.any) {
    draw_nothing(drawing, "no data");
    return draw_note(drawing, note);
  }
  if (chart.identity) share_range(points);
  std::vector<LegendEntry> entries;
  for (std::size_t i = 0; i < points.groups.size(); ++i)
    entries.push_back({points.groups[i].name, points.colours[i], LegendMark::dot});
  draw_legend(drawing, entries);
  const PointAxes axes = lay_out(drawing, points);
  draw_level_axis(drawing, axes.x, axes.plot, true);
  draw_upright_axis(drawing, axes.y, axes.plot);
  draw_limit(drawing, axes.y, axes.plot, chart.limit, chart.limit_label);
  draw_intervals(drawing, points, axes);
  draw_front(drawing, points, axes);
  draw_dots(drawing, points, axes);
  if (chart.identity) draw_identity(drawing, axes);
  label_points(drawing, points, axes);
  draw_note(drawing, note);
}

}  // namespace polyfleet
