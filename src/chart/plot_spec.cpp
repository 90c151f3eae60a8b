#include "chart/plot_spec.hpp"

#include "chart/palette.hpp"
#include "config/value.hpp"

namespace polyfleet {
namespace {

Value place_of(const DataTable& data, const std::string& name) {
  const DataColumn* column = data.find(name);
  return column == nullptr ? Value() : Value(static_cast<std::size_t>(column - &data.columns[0]));
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
    values.push(
        Table{{"column", place_of(figure.data, lines->values[i])}, {"series", Value(colours[i])}});
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
  const DataColumn* first = figure.data.find(lines->values[0]);
  spec.set("unit", first == nullptr ? std::string() : first->unit);
  return to_json(spec, -1);
}

}  // namespace polyfleet
