// Bars: side by side, stacked or alone with whiskers, standing or lying.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chart/draw.hpp"
#include "chart/number_text.hpp"
#include "chart/text_width.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostTitledBars =
    120;  // past this, pointing at bars is hopeless, the table better

struct Bar {
  std::size_t row = 0, series = 0;
  double from = 0, to = 0;  ///< values; differ from (0, value) in stacks
  double value = 0;
};

/// The chart's columns, found.
struct Bars {
  const BarChart& chart;
  std::vector<std::string> names = {};  ///< of the rows
  std::vector<const DataColumn*> values = {};
  const DataColumn *low = nullptr, *high = nullptr, *limit = nullptr;
  std::vector<int> colours = {};
  std::vector<Bar> bars = {};
  Extent extent = Extent();
};

void stack_row(Bars& bars, std::size_t row) {
  double above = 0, below = 0;
  for (std::size_t i = 0; i < bars.values.size(); ++i) {
    const double value = bars.values[i]->numbers[row];
    if (!(std::fabs(value) <= kLargestDrawn)) {
      bars.extent.add(value);
      continue;
    }
    double& end = value < 0 ? below : above;
    bars.bars.push_back({row, i, end, end + value, value});
    end += value;
    bars.extent.add(end);
  }
}

Bars bars_of(const BarChart& chart, const DataTable& data) {
  Bars bars{.chart = chart, .extent = Extent(chart.scale)};
  if (const DataColumn* category = word_column(data, chart.category)) bars.names = category->words;
  bars.values = number_columns(data, chart.values);
  bars.low = number_column(data, chart.low);
  bars.high = number_column(data, chart.high);
  bars.limit = number_column(data, chart.limit);
  std::vector<std::string> names;
  for (const DataColumn* column : bars.values) names.push_back(column->name);
  bars.colours = series_colours(names);
  for (std::size_t row = 0; row < bars.names.size(); ++row) {
    if (bars.limit != nullptr) bars.extent.add(bars.limit->numbers[row]);
    if (chart.stacked) {
      stack_row(bars, row);
      continue;
    }
    for (std::size_t i = 0; i < bars.values.size(); ++i) {
      const double value = bars.values[i]->numbers[row];
      bars.extent.add(value);
      bars.bars.push_back({row, i, 0, value, value});
    }
    if (bars.low != nullptr) bars.extent.add(bars.low->numbers[row]);
    if (bars.high != nullptr) bars.extent.add(bars.high->numbers[row]);
  }
  return bars;
}

std::string title_of(const Bars& bars, const Bar& bar) {
  if (bars.bars.size() > kMostTitledBars) return {};
  const DataColumn& column = *bars.values[bar.series];
  std::string title = fmt::format("{}, {}: {}", bars.names[bar.row], column.name,
                                  with_unit(bar.value, column.unit));
  if (bars.low != nullptr && bars.high != nullptr) {
    title += fmt::format(" ({} to {})", readable_number(bars.low->numbers[bar.row]),
                         readable_number(bars.high->numbers[bar.row]));
  }
  return title;
}

/// Where a bar stands across its axis of values: row's band, and in it the series' part.
struct Bands {
  double begin = 0, step = 0;
  double share = 0.72;  ///< of the step that the bars of one row fill
  std::size_t parts = 1;

  double middle(std::size_t row) const { return begin + (static_cast<double>(row) + 0.5) * step; }
  std::pair<double, double> sides(const Bar& bar, bool stacked) const {
    const double full = step * share;
    const double edge = middle(bar.row) - full / 2;
    if (stacked) return {edge, edge + full};
    const double part = full / static_cast<double>(parts);
    const double begin_part = edge + part * static_cast<double>(bar.series);
    const double gap = parts > 1 && part > 5 ? 1 : 0;
    return {begin_part, begin_part + part - gap};
  }
};

void draw_bars(Drawing& drawing, const Bars& bars, const Axis& axis, const Bands& bands,
               bool lying) {
  const double base = axis.clamped(std::clamp(0.0, axis.range.low, axis.range.high));
  for (std::size_t series = 0; series < bars.values.size(); ++series) {
    drawing.canvas.begin_group(fmt::format("fill=\"{}\"", series_paint(bars.colours[series])));
    for (const Bar& bar : bars.bars) {
      if (bar.series != series) continue;
      const double begin = bar.from == 0 ? base : axis.clamped(bar.from);
      const double end = axis.at(bar.to);
      if (!std::isfinite(begin) || !std::isfinite(end)) continue;
      const auto [side, other] = bands.sides(bar, bars.chart.stacked);
      const Box box = lying ? Box{std::min(begin, end), side, std::max(begin, end), other}
                            : Box{side, std::min(begin, end), other, std::max(begin, end)};
      if ((lying ? box.width() : box.height()) < 0.05) continue;
      drawing.canvas.rect(box, title_of(bars, bar));
    }
    drawing.canvas.end_group();
  }
}

void draw_whiskers(Drawing& drawing, const Bars& bars, const Axis& axis, const Bands& bands,
                   bool lying) {
  if (bars.low == nullptr || bars.high == nullptr) return;
  const double cap = std::min(4.0, bands.step * 0.2);
  std::string path;
  for (std::size_t row = 0; row < bars.names.size(); ++row) {
    const double low = axis.at(bars.low->numbers[row]), high = axis.at(bars.high->numbers[row]);
    if (!std::isfinite(low) || !std::isfinite(high)) continue;
    const double middle = bands.middle(row);
    const auto spot = [&](double along, double across) {
      return lying ? Spot{along, across} : Spot{across, along};
    };
    path += joined_path({spot(low, middle - cap), spot(low, middle + cap)}) +
            joined_path({spot(low, middle), spot(high, middle)}) +
            joined_path({spot(high, middle - cap), spot(high, middle + cap)});
  }
  drawing.canvas.path(
      path, fmt::format("stroke=\"{}\" stroke-width=\"1.3\" fill=\"none\"", ink_paint(Ink::text)));
}

/// A dashed rule at each row's limit from one edge of its band to the other; rows of one limit
/// share a rule.
void draw_row_limits(Drawing& drawing, const Bars& bars, const Axis& axis, const Bands& bands,
                     bool lying) {
  if (bars.limit == nullptr) return;
  const std::vector<double>& limits = bars.limit->numbers;
  for (std::size_t row = 0; row < limits.size();) {
    std::size_t next = row + 1;
    while (next < limits.size() && limits[next] == limits[row]) ++next;
    const double at = axis.at(limits[row]);
    const double from = bands.begin + bands.step * static_cast<double>(row);
    const double to = bands.begin + bands.step * static_cast<double>(next);
    row = next;
    if (!std::isfinite(at)) continue;
    const auto spot = [&](double across) { return lying ? Spot{at, across} : Spot{across, at}; };
    drawing.canvas.line(spot(from), spot(to), Ink::text, 1.2, "6 4");
  }
}

/// "capacity: 80 GB"; without the number where rows differ.
std::string limit_name(const DataColumn& limit) {
  const std::vector<double>& all = limit.numbers;
  const bool same = std::all_of(all.begin(), all.end(), [&](double x) { return x == all[0]; });
  if (all.empty() || !same) return limit.name;
  return fmt::format("{}: {}", limit.name, with_unit(all[0], limit.unit));
}

/// A dash where nothing is known of a row.
void mark_unknown(Drawing& drawing, const Bars& bars, const Axis& axis, const Bands& bands) {
  for (std::size_t row = 0; row < bars.names.size(); ++row) {
    const bool unknown =
        std::all_of(bars.values.begin(), bars.values.end(),
                    [&](const DataColumn* column) { return std::isnan(column->numbers[row]); });
    if (unknown) drawing.canvas.text({axis.clamped(0) + 5, bands.middle(row) + 4}, "–", {});
  }
}

/// The value at a bar's end, where bars stand alone and there is room.
bool labels_values(const Bars& bars) { return bars.values.size() == 1 && bars.names.size() <= 24; }

double end_of(const Bars& bars, const Axis& axis, std::size_t row) {
  double end = axis.at(bars.values[0]->numbers[row]);
  if (bars.high != nullptr && std::isfinite(axis.at(bars.high->numbers[row])))
    end = std::max(end, axis.at(bars.high->numbers[row]));
  return end;
}

void label_lying(Drawing& drawing, const Bars& bars, const Axis& axis, const Bands& bands) {
  if (!labels_values(bars)) return;
  for (std::size_t row = 0; row < bars.names.size(); ++row) {
    const double value = bars.values[0]->numbers[row];
    const double end = end_of(bars, axis, row);
    if (!std::isfinite(end)) continue;
    const std::string label = readable_number(value / axis.range.factor, 3);
    const double width = text_width(label, 11);
    const double x = std::max(end, axis.clamped(0)) + 5;
    if (x + width > drawing.width) continue;
    drawing.canvas.text({x, bands.middle(row) + 4}, label,
                        {.size = 11, .ink = Ink::text, .halo = true});
  }
}

void label_standing(Drawing& drawing, const Bars& bars, const Axis& axis, const Bands& bands) {
  if (!labels_values(bars)) return;
  for (std::size_t row = 0; row < bars.names.size(); ++row) {
    const double value = bars.values[0]->numbers[row];
    double top = axis.at(value);
    if (bars.high != nullptr && std::isfinite(axis.at(bars.high->numbers[row])))
      top = std::min(top, axis.at(bars.high->numbers[row]));
    if (!std::isfinite(top)) continue;
    const std::string label = readable_number(value / axis.range.factor, 3);
    if (text_width(label, 11) > bands.step) continue;
    drawing.canvas.text({bands.middle(row), std::min(top, axis.clamped(0)) - 4}, label,
                        {.anchor = Anchor::middle, .size = 11, .ink = Ink::text, .halo = true});
  }
}

/// A row's name below its band: in up to three lines, else turned, else thinned.
void name_standing(Drawing& drawing, const Bars& bars, const Bands& bands, double bottom) {
  constexpr double kLine = 14, kLongestTurned = 110;
  double widest = 0;
  for (const std::string& name : bars.names)
    widest = std::max(widest, text_width(name, drawing.font));
  const bool turned = widest > 3 * bands.step * 0.9 || (widest > bands.step && bands.step < 48);
  const double needed = turned ? kLine : 12;
  const auto stride = static_cast<std::size_t>(std::max(1.0, std::ceil(needed / bands.step)));
  double deepest = 0;
  for (std::size_t row = 0; row < bars.names.size(); row += stride) {
    const double x = bands.middle(row);
    if (turned) {
      const std::string name = cut_to(bars.names[row], kLongestTurned, drawing.font);
      drawing.canvas.text({x + 4, bottom + 12}, name, {.anchor = Anchor::end, .turned = -45});
      deepest = std::max(deepest, 14 + text_width(name, drawing.font) * 0.72);
      continue;
    }
    const auto lines =
        wrapped(bars.names[row], bands.step * static_cast<double>(stride) - 4, drawing.font, 3);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      drawing.canvas.text({x, bottom + 16 + kLine * static_cast<double>(i)}, lines[i],
                          {.anchor = Anchor::middle});
    }
    deepest = std::max(deepest, 6 + kLine * static_cast<double>(lines.size()));
  }
  drawing.y = bottom + deepest + 6;
}

Axis value_axis(const Bars& bars, int most) {
  const std::string name = shared_name(bars.values);
  return make_axis(bars.extent, *bars.values[0], name, true, most);
}

void draw_standing(Drawing& drawing, const Bars& bars) {
  const double height = drawing.narrow() ? 190 : 240;
  Axis axis = value_axis(bars, 5);
  draw_upright_title(drawing, axis.title);
  const double top = drawing.y + (labels_values(bars) ? 14 : 6);
  const Box plot{upright_room(axis, drawing.font), top, drawing.width - 2, top + height};
  axis.from = plot.bottom;
  axis.to = plot.top;
  draw_upright_axis(drawing, axis, plot);
  const Bands bands{.begin = plot.left,
                    .step = plot.width() / static_cast<double>(bars.names.size()),
                    .share = bars.names.size() > 60 ? 0.9 : 0.72,
                    .parts = bars.values.size()};
  draw_bars(drawing, bars, axis, bands, false);
  draw_whiskers(drawing, bars, axis, bands, false);
  draw_row_limits(drawing, bars, axis, bands, false);
  label_standing(drawing, bars, axis, bands);
  name_standing(drawing, bars, bands, plot.bottom);
}

void draw_lying(Drawing& drawing, const Bars& bars) {
  const double most = drawing.width * (drawing.narrow() ? 0.36 : 0.34);
  double names = 0;
  for (const std::string& name : bars.names)
    names = std::max(names, text_width(name, drawing.font) * 1.04);
  names = std::min(names, most);
  const double parts = bars.chart.stacked ? 1 : static_cast<double>(bars.values.size());
  const double step = bars.names.size() > 80 ? 15 : std::max(22.0, 10 * parts + 8);
  Axis axis = value_axis(bars, drawing.narrow() ? 4 : 7);
  const double top = drawing.y + 4;
  const double right = labels_values(bars) ? 44 : 14;
  const Box plot{names + 10, top, drawing.width - right,
                 top + step * static_cast<double>(bars.names.size())};
  axis.from = plot.left;
  axis.to = plot.right;
  draw_level_axis(drawing, axis, plot, true);
  const Bands bands{.begin = top, .step = step, .parts = bars.values.size()};
  for (std::size_t row = 0; row < bars.names.size(); ++row) {
    const auto lines = wrapped(bars.names[row], names, drawing.font, step >= 22 ? 2 : 1);
    const double first = bands.middle(row) + 4 - (lines.size() == 2 ? 6 : 0);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      drawing.canvas.text(
          {plot.left - 8, first + 12 * static_cast<double>(i)}, lines[i],
          {.anchor = Anchor::end, .size = lines.size() == 2 ? 11.0 : 12.0, .ink = Ink::text});
    }
  }
  draw_bars(drawing, bars, axis, bands, true);
  draw_whiskers(drawing, bars, axis, bands, true);
  draw_row_limits(drawing, bars, axis, bands, true);
  label_lying(drawing, bars, axis, bands);
  mark_unknown(drawing, bars, axis, bands);
}

/// Bars whose names find no room below them lie down, where they are not too many to list.
bool lies(const Drawing& drawing, const Bars& bars) {
  constexpr std::size_t kMostLaid = 60;
  if (bars.chart.horizontal) return true;
  if (bars.names.size() > kMostLaid) return false;
  const double step = (drawing.width - 50) / static_cast<double>(bars.names.size());
  const double room = drawing.narrow() ? 1.6 * step : std::max(2.2 * step, 80.0);
  return std::any_of(bars.names.begin(), bars.names.end(), [&](const std::string& name) {
    return text_width(name, drawing.font) > room;
  });
}

}  // namespace

void draw_chart(Drawing& drawing, const BarChart& chart, const DataTable& data) {
  const Bars bars = bars_of(chart, data);
  if (bars.names.empty() || bars.values.empty() || !bars.extent.any) {
    draw_nothing(drawing, "no data");
    return draw_note(drawing, left_out({bars.extent}));
  }
  std::vector<LegendEntry> entries;
  for (std::size_t i = 0; i < bars.values.size(); ++i)
    entries.push_back({bars.values[i]->name, bars.colours[i]});
  if (bars.limit != nullptr && !std::all_of(bars.limit->numbers.begin(), bars.limit->numbers.end(),
                                            [](double x) { return std::isnan(x); }))
    entries.push_back({limit_name(*bars.limit), 1, LegendMark::limit});
  draw_legend(drawing, entries);
  if (lies(drawing, bars)) {
    draw_lying(drawing, bars);
  } else {
    draw_standing(drawing, bars);
  }
  std::string note = left_out({bars.extent});
  if (bars.low != nullptr && bars.high != nullptr)
    note = fmt::format("Whiskers: {} to {}.{}{}", chart.low, chart.high, note.empty() ? "" : " ",
                       note);
  draw_note(drawing, note);
}

}  // namespace polyfleet
