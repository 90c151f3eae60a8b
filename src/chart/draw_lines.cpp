// Lines, steps and stacked areas over numbers or dates, with bands and a limit.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "chart/draw.hpp"
#include "chart/line_labels.hpp"
#include "chart/number_text.hpp"
#include "chart/plot_spec.hpp"
#include "chart/thinning.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostDots = 200;       // of all lines together: fewer say what they are
constexpr std::size_t kMostDottedRows = 60;  // lines of fewer points show each point
constexpr double kThinColumn = 1;            // user units: a pixel of a common screen
constexpr double kLongColumn = 2;  // of series that browsers draw themselves (chart/plot_spec.hpp)
constexpr std::size_t kMostStepped = 200;  // points; longer step lines are thinned first

struct Lines {
  const LineChart& chart;
  const DataColumn* x = nullptr;
  std::vector<const DataColumn*> values = {};
  std::vector<int> colours = {};
  std::vector<std::size_t> order = {};  ///< rows by ascending x; those without x left out
  /// Values as drawn: sums where areas are stacked.
  std::vector<std::vector<double>> drawn = {};
  Extent x_extent, y_extent;
};

void find_order(Lines& lines) {
  const std::vector<double>& x = lines.x->numbers;
  for (std::size_t row = 0; row < x.size(); ++row)
    if (!std::isnan(x[row])) lines.order.push_back(row);
  std::stable_sort(lines.order.begin(), lines.order.end(),
                   [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
}

Lines lines_of(const LineChart& chart, const DataTable& data) {
  Lines lines{.chart = chart, .x_extent = Extent(chart.x_scale), .y_extent = Extent(chart.y_scale)};
  lines.x = number_column(data, chart.x);
  lines.values = number_columns(data, chart.values);
  if (lines.x == nullptr) return lines;
  find_order(lines);
  lines.x_extent.add(lines.x->numbers);
  std::vector<std::string> names;
  std::vector<double> sum(data.rows(), 0.0);
  for (const DataColumn* column : lines.values) {
    names.push_back(column->name);
    std::vector<double> drawn = column->numbers;
    if (chart.stacked_area) {
      for (std::size_t row = 0; row < drawn.size(); ++row)
        drawn[row] = sum[row] += std::isfinite(drawn[row]) ? drawn[row] : 0;
    }
    lines.y_extent.add(drawn);
    lines.drawn.push_back(std::move(drawn));
  }
  lines.colours = series_colours(names);
  for (const Band& band : chart.bands) {
    for (const DataColumn* column : number_columns(data, {band.low, band.high}))
      lines.y_extent.add(column->numbers);
  }
  if (!chart.limit_label.empty()) lines.y_extent.add(chart.limit);
  return lines;
}

struct LineAxes {
  Axis x, y;
  Box plot;
};

std::vector<Spot> stepped(const std::vector<Spot>& spots) {
  std::vector<Spot> steps;
  for (const Spot& spot : spots) {
    if (!steps.empty() && std::isfinite(steps.back().y) && std::isfinite(spot.x))
      steps.push_back({spot.x, steps.back().y});
    steps.push_back(spot);
  }
  return steps;
}

std::vector<Spot> spots_of(const Lines& lines, const std::vector<double>& values,
                           const LineAxes& axes) {
  std::vector<Spot> spots;
  spots.reserve(lines.order.size());
  for (const std::size_t row : lines.order)
    spots.push_back({axes.x.at(lines.x->numbers[row]), axes.y.at(values[row])});
  if (lines.chart.steps && spots.size() <= kMostStepped) return stepped(spots);
  spots = thinned(spots, spots.size() > kStillRows ? kLongColumn : kThinColumn);
  return lines.chart.steps ? stepped(spots) : spots;
}

/// The area between two lines, gaps left out.
std::string area_path(const std::vector<Spot>& upper, const std::vector<Spot>& lower) {
  const auto whole = [](const Spot& spot) {
    return std::isfinite(spot.x) && std::isfinite(spot.y);
  };
  std::vector<Spot> outline;
  std::copy_if(upper.begin(), upper.end(), std::back_inserter(outline), whole);
  const std::size_t above = outline.size();
  std::copy_if(lower.rbegin(), lower.rend(), std::back_inserter(outline), whole);
  if (above == 0 || above == outline.size()) return {};
  return joined_path(outline) + "Z";
}

void draw_bands(Drawing& drawing, const Lines& lines, const DataTable& data, const LineAxes& axes) {
  for (std::size_t i = 0; i < lines.chart.bands.size(); ++i) {
    const auto ends = number_columns(data, {lines.chart.bands[i].low, lines.chart.bands[i].high});
    if (ends.size() != 2 || lines.colours.empty()) continue;
    const bool own = lines.chart.bands.size() == lines.colours.size();
    drawing.canvas.path(
        area_path(spots_of(lines, ends[1]->numbers, axes), spots_of(lines, ends[0]->numbers, axes)),
        fmt::format("fill=\"{}\" fill-opacity=\"0.2\"", series_paint(lines.colours[own ? i : 0])),
        lines.chart.bands[i].label);
  }
}

void draw_areas(Drawing& drawing, const Lines& lines, const LineAxes& axes) {
  std::vector<Spot> below;
  for (const std::size_t row : lines.order)
    below.push_back({axes.x.at(lines.x->numbers[row]), axes.y.clamped(0)});
  for (std::size_t i = 0; i < lines.drawn.size(); ++i) {
    const std::vector<Spot> above = spots_of(lines, lines.drawn[i], axes);
    drawing.canvas.path(area_path(above, below),
                        fmt::format("fill=\"{0}\" stroke=\"{1}\" stroke-width=\"0.6\"",
                                    series_paint(lines.colours[i]), ink_paint(Ink::paper)),
                        lines.values[i]->name);
    below = above;
  }
}

std::string point_title(const Lines& lines, std::size_t series, std::size_t row) {
  const DataColumn& column = *lines.values[series];
  const double x = lines.x->numbers[row];
  const std::string place = lines.x->kind == ColumnKind::date
                                ? date_text(x, dates_have_times(lines.x->numbers))
                                : with_unit(x, lines.x->unit);
  return fmt::format("{}, {}: {}", column.name, place, with_unit(column.numbers[row], column.unit));
}

void draw_dots(Drawing& drawing, const Lines& lines, std::size_t series, const LineAxes& axes) {
  const bool single = lines.order.size() == 1;
  drawing.canvas.begin_group(fmt::format("fill=\"{}\"", series_paint(lines.colours[series])));
  for (const std::size_t row : lines.order) {
    const Spot spot{axes.x.at(lines.x->numbers[row]), axes.y.at(lines.drawn[series][row])};
    if (std::isfinite(spot.x) && std::isfinite(spot.y))
      drawing.canvas.circle(spot, single ? 4 : 2.6, point_title(lines, series, row));
  }
  drawing.canvas.end_group();
}

void draw_strokes(Drawing& drawing, const Lines& lines, const LineAxes& axes) {
  const bool dots =
      lines.order.size() <= kMostDottedRows && lines.order.size() * lines.drawn.size() <= kMostDots;
  for (std::size_t i = 0; i < lines.drawn.size(); ++i) {
    drawing.canvas.path(
        joined_path(spots_of(lines, lines.drawn[i], axes)),
        fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"",
                    series_paint(lines.colours[i]), lines.order.size() > 300 ? 1.2 : 2),
        lines.values[i]->name);
    if (dots) draw_dots(drawing, lines, i, axes);
  }
}

/// Labels at the right ends of lines or areas, where the eye is; a legend where they find no room.
std::vector<EndLabel> end_labels(const Lines& lines, const Axis& y) {
  std::vector<EndLabel> labels;
  double below = y.clamped(0);
  for (std::size_t i = 0; i < lines.drawn.size(); ++i) {
    double place = std::nan("");
    for (auto row = lines.order.rbegin(); row != lines.order.rend() && std::isnan(place); ++row)
      place = y.at(lines.drawn[i][*row]);
    if (std::isnan(place)) continue;
    const double middle = lines.chart.stacked_area ? (place + below) / 2 : place;
    below = place;
    labels.push_back({lines.values[i]->name, lines.colours[i], middle});
  }
  return labels;
}

void draw_legend_of(Drawing& drawing, const Lines& lines, bool direct) {
  std::vector<LegendEntry> entries;
  for (std::size_t i = 0; !direct && i < lines.values.size(); ++i) {
    entries.push_back({lines.values[i]->name, lines.colours[i],
                       lines.chart.stacked_area ? LegendMark::square : LegendMark::line});
  }
  const bool own = lines.chart.bands.size() == lines.colours.size();
  for (std::size_t i = 0; i < lines.chart.bands.size(); ++i) {
    if (!lines.chart.bands[i].label.empty())
      entries.push_back({lines.chart.bands[i].label, lines.colours[own ? i : 0], LegendMark::pale});
  }
  draw_legend(drawing, entries, lines.chart.bands.empty() ? 2 : 1);
}

LineAxes lay_out(Drawing& drawing, const Lines& lines, bool direct) {
  LineAxes axes;
  const bool zero = lines.chart.stacked_area || reaches_zero(lines.y_extent);
  axes.y = make_axis(lines.y_extent, *lines.values[0], shared_name(lines.values), zero, 5);
  draw_upright_title(drawing, axes.y.title);
  const double height = drawing.narrow() ? 190 : 250;
  const double top = drawing.y + 6;
  axes.y.from = top + height;
  axes.y.to = top;
  const double right = direct ? end_label_room(end_labels(lines, axes.y), drawing.font) : 10;
  axes.plot = {upright_room(axes.y, drawing.font), top, drawing.width - right, top + height};
  axes.x = make_axis(lines.x_extent, *lines.x, lines.x->name, false, drawing.narrow() ? 4 : 8);
  if (lines.x->kind == ColumnKind::number && lines.x_extent.any &&
      lines.chart.x_scale == AxisScale::linear && lines.x_extent.low < lines.x_extent.high) {
    axes.x.range.low = lines.x_extent.low;  // lines begin and end at the plot's edges
    axes.x.range.high = lines.x_extent.high;
  }
  axes.x.from = axes.plot.left;
  axes.x.to = axes.plot.right;
  return axes;
}

}  // namespace

void draw_chart(Drawing& drawing, const LineChart& chart, const DataTable& data) {
  const Lines lines = lines_of(chart, data);
  if (lines.x == nullptr || lines.values.empty() || !lines.y_extent.any || !lines.x_extent.any) {
    draw_nothing(drawing, "no data");
    return draw_note(drawing, left_out({lines.x_extent, lines.y_extent}));
  }
  const bool direct =
      lines.values.size() > 1 && !drawing.narrow() && lines.values.size() <= kMostEndLabels;
  draw_legend_of(drawing, lines, direct);
  const LineAxes axes = lay_out(drawing, lines, direct);
  draw_upright_axis(drawing, axes.y, axes.plot);
  draw_level_axis(drawing, axes.x, axes.plot, false);
  draw_bands(drawing, lines, data, axes);
  if (chart.stacked_area) {
    draw_areas(drawing, lines, axes);
  } else {
    draw_strokes(drawing, lines, axes);
  }
  draw_limit(drawing, axes.y, axes.plot, chart.limit, chart.limit_label);
  if (direct) draw_end_labels(drawing, end_labels(lines, axes.y), axes.plot);
  draw_note(drawing, left_out({lines.x_extent, lines.y_extent}));
}

}  // namespace polyfleet
