// What moves the answer: a bar from the answer at an input's low end to that at its high end.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chart/draw.hpp"
#include "chart/number_text.hpp"
#include "chart/text_width.hpp"

namespace polyfleet {
namespace {

constexpr int kLowColour = 1, kHighColour = 2;  // blue and vermillion, as a diverging pair
constexpr double kRow = 26, kBar = 15, kEndLabel = 46;

struct Tornado {
  const DataColumn *name = nullptr, *low = nullptr, *high = nullptr;
  Extent extent;
};

void draw_side(Drawing& drawing, const Tornado& tornado, const Axis& axis, double base, bool high,
               double top) {
  const DataColumn& column = high ? *tornado.high : *tornado.low;
  drawing.canvas.begin_group(
      fmt::format("fill=\"{}\"", series_paint(high ? kHighColour : kLowColour)));
  for (std::size_t row = 0; row < column.size(); ++row) {
    const double end = axis.at(column.numbers[row]);
    if (!std::isfinite(end)) continue;
    const double middle = top + kRow * (static_cast<double>(row) + 0.5);
    drawing.canvas.rect(
        {std::min(base, end), middle - kBar / 2, std::max(base, end), middle + kBar / 2},
        fmt::format("{}, {} end: {}", tornado.name->words[row], high ? "high" : "low",
                    with_unit(column.numbers[row], column.unit)));
  }
  drawing.canvas.end_group();
}

/// The two answers beside a bar's ends; both on one side of the base: only the farther one.
void draw_values(Drawing& drawing, const Tornado& tornado, const Axis& axis, double base,
                 double top) {
  for (std::size_t row = 0; row < tornado.name->size(); ++row) {
    const double a = tornado.low->numbers[row], b = tornado.high->numbers[row];
    const double y = top + kRow * (static_cast<double>(row) + 0.5) + 4;
    for (const double value : {std::min(a, b), std::max(a, b)}) {
      const double end = axis.at(value);
      if (!std::isfinite(end)) continue;
      const bool left = value == std::min(a, b) && a != b;
      if ((left && end > base) || (!left && end < base)) continue;
      drawing.canvas.text({left ? end - 4 : end + 4, y},
                          readable_number(value / axis.range.factor, 3),
                          {.anchor = left ? Anchor::end : Anchor::start, .size = 11});
    }
  }
}

void draw_names(Drawing& drawing, const Tornado& tornado, double widest, double top) {
  for (std::size_t row = 0; row < tornado.name->size(); ++row) {
    const auto lines = wrapped(tornado.name->words[row], widest, 11.5, 2);
    const double middle = top + kRow * (static_cast<double>(row) + 0.5);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const double y = middle + 4 - (lines.size() == 2 ? 6 : 0) + 12 * static_cast<double>(i);
      drawing.canvas.text({widest, y}, lines[i],
                          {.anchor = Anchor::end, .size = 11.5, .ink = Ink::text});
    }
  }
}

void draw_base(Drawing& drawing, const TornadoChart& chart, double base, const Box& plot) {
  if (!std::isfinite(base)) return;
  drawing.canvas.line({base, plot.top - 4}, {base, plot.bottom}, Ink::text, 1.2);
  const double half = text_width(chart.base_label, 11) / 2;
  const double middle = std::clamp(base, half, std::max(half, drawing.width - half));
  drawing.canvas.text({middle, plot.top - 8}, cut_to(chart.base_label, drawing.width, 11),
                      {.anchor = Anchor::middle, .size = 11, .ink = Ink::text});
}

}  // namespace

void draw_chart(Drawing& drawing, const TornadoChart& chart, const DataTable& data) {
  Tornado tornado{word_column(data, chart.name), number_column(data, chart.low),
                  number_column(data, chart.high), Extent()};
  if (tornado.name == nullptr || tornado.low == nullptr || tornado.high == nullptr ||
      tornado.name->words.empty())
    return draw_nothing(drawing, "no data");
  tornado.extent.add(tornado.low->numbers);
  tornado.extent.add(tornado.high->numbers);
  if (!tornado.extent.any) return draw_nothing(drawing, "no data");
  tornado.extent.add(chart.base);
  draw_legend(drawing, {{chart.low, kLowColour}, {chart.high, kHighColour}});
  double widest = 0;
  for (const std::string& name : tornado.name->words)
    widest = std::max(widest, text_width(name, 11.5) * 1.04);
  widest = std::min(widest, drawing.width * (drawing.narrow() ? 0.34 : 0.32));
  const double top = drawing.y + (chart.base_label.empty() ? 6 : 22);
  const Box plot{widest + 8 + kEndLabel, top, drawing.width - kEndLabel,
                 top + kRow * static_cast<double>(tornado.name->size())};
  Axis axis = make_axis(tornado.extent, *tornado.low, "", false, drawing.narrow() ? 3 : 6);
  axis.range.low = tornado.extent.low < tornado.extent.high ? tornado.extent.low : axis.range.low;
  axis.range.high =
      tornado.extent.low < tornado.extent.high ? tornado.extent.high : axis.range.high;
  axis.from = plot.left;
  axis.to = plot.right;
  const double base = axis.at(chart.base);
  draw_names(drawing, tornado, widest, top);
  draw_level_axis(drawing, axis, plot, true);
  draw_side(drawing, tornado, axis, base, false, top);
  draw_side(drawing, tornado, axis, base, true, top);
  draw_values(drawing, tornado, axis, base, top);
  draw_base(drawing, chart, base, plot);
  draw_note(drawing, left_out({tornado.extent}));
}

}  // namespace polyfleet
