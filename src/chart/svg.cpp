#include "chart/svg.hpp"

#include <fmt/format.h>

#include <cmath>

#include "chart/draw.hpp"
#include "chart/markup.hpp"
#include "chart/text_width.hpp"

namespace polyfleet {
namespace {

constexpr double kMargin = 16;  // around a picture that is a file of its own
constexpr double kTitleSize = 15;

struct Named {
  std::string operator()(const std::monostate&) const { return "table"; }
  std::string operator()(const BarChart&) const { return "bar chart"; }
  std::string operator()(const LineChart& chart) const {
    return chart.stacked_area ? "area chart" : "line chart";
  }
  std::string operator()(const ScatterChart&) const { return "scatter plot"; }
  std::string operator()(const SpanChart&) const { return "timeline"; }
  std::string operator()(const TornadoChart&) const { return "tornado chart"; }
};

void draw_title(Drawing& drawing, const std::string& title) {
  for (const std::string& line : wrapped(title, drawing.width, kTitleSize, 3)) {
    drawing.canvas.text({0, drawing.y + 14}, line,
                        {.size = kTitleSize, .ink = Ink::text, .bold = true});
    drawing.y += 20;
  }
  drawing.y += 4;
}

std::string head(const PageFigure& figure, double width, double height, bool standalone) {
  // Fonts of the reader's system: nothing is fetched.
  return fmt::format(
      "<svg{} viewBox=\"{} {} {} {}\"{} role=\"img\" aria-label=\"{}\" font-family=\"system-ui, "
      "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif\" font-size=\"12\" "
      "fill=\"{}\">\n",
      standalone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", standalone ? -kMargin : 0,
      standalone ? -kMargin : 0, coordinate(width), coordinate(height),
      standalone ? fmt::format(" width=\"{}\" height=\"{}\"", coordinate(width), coordinate(height))
                 : "",
      escaped(figure.title + ", " + std::visit(Named{}, figure.chart)), ink_paint(kUsualInk));
}

}  // namespace

std::string svg_of(const PageFigure& figure, const SvgStyle& style) {
  if (figure.chart.index() == 0) return {};
  SvgStyle inner = style;
  if (style.standalone) inner.width -= 2 * kMargin;
  Drawing drawing = new_drawing(inner);
  if (style.standalone) draw_title(drawing, figure.title);
  std::visit(
      [&](const auto& chart) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(chart)>, std::monostate>)
          draw_chart(drawing, chart, figure.data);
      },
      figure.chart);
  const double height = std::ceil(drawing.y + 4);
  if (!style.standalone)
    return head(figure, style.width, height, false) + drawing.canvas.body() + "</svg>";
  const double outer = height + 2 * kMargin;
  return head(figure, style.width, outer, true) + "<style>" + palette_style() + "</style>" +
         fmt::format(
             "<rect x=\"{0}\" y=\"{0}\" width=\"{1}\" height=\"{2}\" rx=\"6\" fill=\"{3}\"/>\n",
             -kMargin, coordinate(style.width), coordinate(outer), ink_paint(Ink::paper)) +
         drawing.canvas.body() + "</svg>\n";
}

}  // namespace polyfleet
