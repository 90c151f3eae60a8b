#include "chart/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chart/text_width.hpp"

namespace polyfleet {
namespace {

constexpr double kGap = 8;  // user units between things that belong together

void draw_legend_mark(Canvas& canvas, const LegendEntry& entry, Spot at) {
  const std::string paint = series_paint(entry.colour);
  switch (entry.mark) {
    case LegendMark::square:
    case LegendMark::pale:
      canvas.rect({at.x, at.y - 9, at.x + 10, at.y + 1}, {},
                  fmt::format("rx=\"2\" fill=\"{}\"{}", paint,
                              entry.mark == LegendMark::pale ? " fill-opacity=\"0.3\"" : ""));
      return;
    case LegendMark::line:
      canvas.path(joined_path({{at.x - 2, at.y - 4}, {at.x + 12, at.y - 4}}),
                  fmt::format("stroke=\"{}\" stroke-width=\"2.5\" fill=\"none\"", paint));
      return;
    case LegendMark::limit:
      canvas.line({at.x - 2, at.y - 4}, {at.x + 12, at.y - 4}, Ink::text, 1.2, "4 3");
      return;
    case LegendMark::dot:
      canvas.circle({at.x + 5, at.y - 4}, 4.5, {}, fmt::format("fill=\"{}\"", paint));
      return;
  }
}

}  // namespace

Drawing new_drawing(const SvgStyle& style) {
  Drawing drawing;
  drawing.width = style.width;
  drawing.canvas = Canvas(!drawing.narrow());
  drawing.y = 4;
  return drawing;
}

void draw_legend(Drawing& drawing, const std::vector<LegendEntry>& entries, std::size_t least) {
  if (entries.size() < least) return;
  constexpr double kMark = 16, kBetween = 18, kLine = 18;
  double x = 2;
  double base = drawing.y + 12;
  for (const LegendEntry& entry : entries) {
    const std::string name = cut_to(entry.name, drawing.width - kMark - 8, drawing.font);
    const double width = kMark + text_width(name, drawing.font);
    if (x > 2 && x + width > drawing.width) {
      x = 2;
      base += kLine;
    }
    draw_legend_mark(drawing.canvas, entry, {x, base});
    drawing.canvas.text({x + kMark, base}, name, {.ink = Ink::text});
    x += width + kBetween;
  }
  drawing.y = base + kGap;
}

void draw_upright_title(Drawing& drawing, const std::string& title) {
  for (const std::string& line : wrapped(title, drawing.width, drawing.font, 2)) {
    drawing.canvas.text({0, drawing.y + 12}, line, {});
    drawing.y += 15;
  }
  drawing.y += 6;
}

double upright_room(const Axis& axis, double font) {
  double room = 0;
  for (const Tick& tick : axis.range.ticks) room = std::max(room, text_width(tick.label, font));
  return std::ceil(room * 1.05) + kGap;
}

void draw_upright_axis(Drawing& drawing, const Axis& axis, const Box& plot) {
  for (const Tick& tick : axis.range.ticks) {
    const double y = axis.at(tick.value);
    const bool zero = tick.value == 0;
    drawing.canvas.line({plot.left, y}, {plot.right, y}, zero ? Ink::axis : Ink::grid);
    drawing.canvas.text({plot.left - kGap + 2, y + 4}, tick.label, {.anchor = Anchor::end});
  }
}

void draw_level_axis(Drawing& drawing, const Axis& axis, const Box& plot, bool grid) {
  double widest = 0;
  for (const Tick& tick : axis.range.ticks)
    widest = std::max(widest, text_width(tick.label, drawing.font));
  double free_from = -1;
  for (const Tick& tick : axis.range.ticks) {
    const double x = axis.at(tick.value);
    if (!(x >= plot.left - 0.5 && x <= plot.right + 0.5)) continue;
    if (grid) {
      drawing.canvas.line({x, plot.top}, {x, plot.bottom}, tick.value == 0 ? Ink::axis : Ink::grid);
    }
    const double half = text_width(tick.label, drawing.font) / 2;
    const double middle = std::clamp(x, half, drawing.width - half);
    if (middle - half < free_from) continue;
    if (!grid) drawing.canvas.line({x, plot.bottom}, {x, plot.bottom + 4}, Ink::axis);
    drawing.canvas.text({middle, plot.bottom + 17}, tick.label, {.anchor = Anchor::middle});
    free_from = middle + half + kGap;
  }
  drawing.y = plot.bottom + 22;
  if (!axis.title.empty()) {
    const std::string title = cut_to(axis.title, drawing.width, drawing.font);
    const double half = text_width(title, drawing.font) / 2;
    const double middle =
        std::clamp((plot.left + plot.right) / 2, half, std::max(half, drawing.width - half));
    drawing.canvas.text({middle, drawing.y + 13}, title, {.anchor = Anchor::middle});
    drawing.y += 20;
  }
}

void draw_note(Drawing& drawing, const std::string& note) {
  if (note.empty()) return;
  for (const std::string& line : wrapped(note, drawing.width, 11, 4)) {
    drawing.canvas.text({0, drawing.y + 14}, line, {.size = 11});
    drawing.y += 15;
  }
}

void draw_limit(Drawing& drawing, const Axis& axis, const Box& plot, double limit,
                const std::string& label) {
  if (label.empty()) return;
  const double y = axis.at(limit);
  if (!(y >= plot.top - 0.5 && y <= plot.bottom + 0.5)) return;
  drawing.canvas.line({plot.left, y}, {plot.right, y}, Ink::text, 1.2, "6 4");
  const bool below = y - plot.top < 16;
  drawing.canvas.text({plot.right - 2, below ? y + 14 : y - 5},
                      cut_to(label, plot.width(), drawing.font),
                      {.anchor = Anchor::end, .ink = Ink::text, .halo = true});
}

void draw_nothing(Drawing& drawing, const std::string& why) {
  constexpr double kHeight = 60;
  drawing.canvas.text({drawing.width / 2, drawing.y + kHeight / 2}, why,
                      {.anchor = Anchor::middle});
  drawing.y += kHeight;
}

}  // namespace polyfleet
