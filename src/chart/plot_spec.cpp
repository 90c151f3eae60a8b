#include "chart/plot_spec.hpp"

#include "chart/draw.hpp"
#include "chart/palette.hpp"
#include "chart/scale.hpp"
#include "config/value.hpp"

namespace polyfleet {
namespace {

Value place_of(const DataTable& data, const std::string& name) {
  const DataColumn* column = data.find(name);
  return column == nullptr ? Value() : Value(static_cast<std::size_t>(column - &data.columns[0]));
}

/// The unit that the still picture's axis is in: the plot's axis and legend say the same.
void add_unit(Value& spec, const LineChart& lines, const DataTable& data) {
  Extent extent(lines.y_scale);
  std::vector<double> sums(data.rows(), 0.0);
  const auto columns = number_columns(data, lines.values);
  for (const DataColumn* column : columns) {
    extent.add(column->numbers);
    for (std::size_t row = 0; row < sums.size(); ++row) sums[row] += column->numbers[row];
  }
  if (lines.stacked_area) extent.add(sums);
  if (columns.empty()) return;
  const Axis axis = make_axis(extent, *columns[0], "", true, 5);
  spec.set("factor", axis.range.factor).set("unit", axis.range.unit);
}

}  // namespace

std::string plot_spec(const PageFigure& figure) {
  const auto* lines = std::get_if<LineChart>(&figure.chart);
  if (lines == nullptr || figure.data.rows() <= kStillRows) return {};
  const DataColumn* x = figure.data.find(lines->x);
  if (x == nullptr || lines->values.empty()) return {};
  const std::vector<int> colours = series_colours(lines->values);
  Value spec{Table{}};
  spec.set("x", place_of(figure.data, lines->x));
  spec.set("date", x->kind == ColumnKind::date);
  Value values{Array{}};
  for (std::size_t i = 0; i < lines->values.size(); ++i) {
    values.push(Table{{"column", place_of(figure.data, lines->values[i])},
                      {"name", Value(lines->values[i])},
                      {"series", Value(colours[i])}});
  }
  spec.set("values", std::move(values));
  Value bands{Array{}};
  for (const Band& band : lines->bands) {
    bands.push(Table{{"low", place_of(figure.data, band.low)},
                     {"high", place_of(figure.data, band.high)},
                     {"label", Value(band.label)}});
  }
  spec.set("bands", std::move(bands));
  spec.set("stacked", lines->stacked_area).set("steps", lines->steps);
  spec.set("logx", lines->x_scale == AxisScale::logarithmic);
  spec.set("logy", lines->y_scale == AxisScale::logarithmic);
  if (!lines->limit_label.empty())
    spec.set("limit", lines->limit).set("limitLabel", lines->limit_label);
  add_unit(spec, *lines, figure.data);
  return to_json(spec, -1);
}

}  // namespace polyfleet
