// Spans of time on lanes. A lane of more spans than pixels is drawn as columns of pixels, each in
// the colour of the kind that fills most of it: small, and what the eye would see.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "chart/draw.hpp"
#include "chart/number_text.hpp"
#include "chart/text_width.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kMostTitledSpans = 300;  // spans that say what they are when pointed at
constexpr double kGroupMark = 6;               // width of a lane's mark, user units
constexpr double kPixel = 0.75;                // user units: narrower spans are not told apart

struct Lanes {
  const DataColumn *lane = nullptr, *begin = nullptr, *end = nullptr, *kind = nullptr;
  const DataColumn* group = nullptr;
  std::vector<std::string> names, kinds;       ///< in order of first appearance
  std::vector<std::vector<std::size_t>> rows;  ///< of each lane
  std::vector<std::size_t> kind_of;            ///< of each row
  std::vector<int> colours;
  std::vector<std::string> groups;  ///< words of lanes' marks, in order of first appearance
  std::vector<int> group_colours;
  Extent extent;
};

std::size_t place_of(std::vector<std::string>& names, std::map<std::string, std::size_t>& places,
                     const std::string& name) {
  const auto [found, fresh] = places.try_emplace(name, names.size());
  if (fresh) names.push_back(name);
  return found->second;
}

/// The word of a lane's mark; empty = none.
std::string group_of(const Lanes& lanes, std::size_t lane) {
  return lanes.group == nullptr ? std::string() : lanes.group->words[lanes.rows[lane].front()];
}

void add_groups(Lanes& lanes) {
  for (std::size_t lane = 0; lane < lanes.names.size(); ++lane) {
    const std::string group = group_of(lanes, lane);
    if (!group.empty() &&
        std::find(lanes.groups.begin(), lanes.groups.end(), group) == lanes.groups.end())
      lanes.groups.push_back(group);
  }
}

Lanes lanes_of(const SpanChart& chart, const DataTable& data) {
  Lanes lanes;
  lanes.lane = word_column(data, chart.lane);
  lanes.kind = word_column(data, chart.kind);
  lanes.begin = number_column(data, chart.begin);
  lanes.end = number_column(data, chart.end);
  if (lanes.lane == nullptr || lanes.kind == nullptr || lanes.begin == nullptr ||
      lanes.end == nullptr)
    return lanes;
  std::map<std::string, std::size_t> lane_places, kind_places;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::size_t lane = place_of(lanes.names, lane_places, lanes.lane->words[row]);
    lanes.rows.resize(lanes.names.size());
    lanes.rows[lane].push_back(row);
    lanes.kind_of.push_back(place_of(lanes.kinds, kind_places, lanes.kind->words[row]));
    lanes.extent.add(lanes.begin->numbers[row]);
    lanes.extent.add(lanes.end->numbers[row]);
  }
  lanes.group = word_column(data, chart.group);
  add_groups(lanes);
  std::vector<std::string> all = lanes.groups;
  all.insert(all.end(), lanes.kinds.begin(), lanes.kinds.end());
  const std::vector<int> colours = series_colours(all);
  const auto first_kind = colours.begin() + static_cast<std::ptrdiff_t>(lanes.groups.size());
  lanes.group_colours.assign(colours.begin(), first_kind);
  lanes.colours.assign(first_kind, colours.end());
  return lanes;
}

/// What is drawn of one lane: from, to, kind, and the row it stands for.
struct Block {
  double from = 0, to = 0;
  std::size_t kind = 0;
  std::size_t row = 0;
};

std::vector<Block> blocks_of(const Lanes& lanes, std::size_t lane, const Axis& axis) {
  std::vector<Block> blocks;
  for (const std::size_t row : lanes.rows[lane]) {
    const double from = axis.at(lanes.begin->numbers[row]), to = axis.at(lanes.end->numbers[row]);
    if (std::isfinite(from) && std::isfinite(to) && to >= from)
      blocks.push_back({from, to, lanes.kind_of[row], row});
  }
  return blocks;
}

bool crowded(const std::vector<Block>& blocks) {
  const auto narrow = std::count_if(blocks.begin(), blocks.end(), [](const Block& block) {
    return block.to - block.from < kPixel;
  });
  return narrow > 20;
}

/// Columns of pixels in the colour of the kind that fills most of each, equal neighbours joined.
std::vector<Block> merged(const std::vector<Block>& blocks, std::size_t kinds, const Box& plot) {
  const auto columns = static_cast<std::size_t>(plot.width() / kPixel) + 1;
  std::vector<double> filled(columns * kinds, 0.0);
  for (const Block& block : blocks) {
    const double from = (block.from - plot.left) / kPixel, to = (block.to - plot.left) / kPixel;
    const auto first = static_cast<std::size_t>(std::max(0.0, from));
    const auto last = std::min(columns - 1, static_cast<std::size_t>(std::max(0.0, to)));
    for (std::size_t column = first; column <= last && column < columns; ++column) {
      const auto edge = static_cast<double>(column);
      filled[column * kinds + block.kind] +=
          std::max(0.0, std::min(to, edge + 1) - std::max(from, edge));
    }
  }
  std::vector<Block> joined;
  for (std::size_t column = 0; column < columns; ++column) {
    const auto begin = filled.begin() + static_cast<std::ptrdiff_t>(column * kinds);
    const auto most = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(kinds));
    double all = 0;
    for (std::size_t kind = 0; kind < kinds; ++kind)
      all += begin[static_cast<std::ptrdiff_t>(kind)];
    if (all < 0.5) continue;
    const auto kind = static_cast<std::size_t>(most - begin);
    const double from = plot.left + static_cast<double>(column) * kPixel;
    if (!joined.empty() && joined.back().kind == kind && joined.back().to >= from - 1e-6) {
      joined.back().to = from + kPixel;
    } else {
      joined.push_back({from, from + kPixel, kind, 0});
    }
  }
  return joined;
}

std::string title_of(const Lanes& lanes, std::size_t row) {
  const auto place = [&](const DataColumn& column) {
    return column.kind == ColumnKind::date ? date_text(column.numbers[row])
                                           : with_unit(column.numbers[row], column.unit);
  };
  return fmt::format("{}, {}: {} to {}", lanes.lane->words[row], lanes.kind->words[row],
                     place(*lanes.begin), place(*lanes.end));
}

struct LaneRoom {
  double top = 0, height = 0;
};

void draw_kind(Drawing& drawing, const Lanes& lanes, std::size_t kind,
               const std::vector<std::vector<Block>>& blocks, const LaneRoom& room) {
  const bool titled = lanes.kind_of.size() <= kMostTitledSpans;
  std::string path;
  drawing.canvas.begin_group(fmt::format("fill=\"{}\"", series_paint(lanes.colours[kind])));
  for (std::size_t lane = 0; lane < blocks.size(); ++lane) {
    const double top = room.top + room.height * (static_cast<double>(lane) + 0.1);
    const double height = room.height * 0.8;
    for (const Block& block : blocks[lane]) {
      if (block.kind != kind) continue;
      const double gap = block.to - block.from > 3 ? 0.6 : 0;  // neighbours of a kind stay apart
      const Box box{block.from, top, block.to - gap, top + height};
      if (titled) {
        drawing.canvas.rect(box, title_of(lanes, block.row));
      } else {
        path += fmt::format("M{} {}h{}v{}h-{}z", coordinate(box.left), coordinate(box.top),
                            coordinate(std::max(0.1, box.width())), coordinate(height),
                            coordinate(std::max(0.1, box.width())));
      }
    }
  }
  drawing.canvas.path(path, {});
  drawing.canvas.end_group();
}

/// Names of lanes at the left, thinned where lanes are thin.
double draw_lane_names(Drawing& drawing, const Lanes& lanes, double widest, const LaneRoom& room) {
  const auto stride = static_cast<std::size_t>(std::ceil(13 / room.height));
  for (std::size_t lane = 0; lane < lanes.names.size(); lane += stride) {
    const double y = room.top + room.height * (static_cast<double>(lane) + 0.5) + 4;
    drawing.canvas.text({widest, y}, cut_to(lanes.names[lane], widest, drawing.font),
                        {.anchor = Anchor::end, .ink = Ink::text});
  }
  return widest + 8;
}

/// A strip at the left of each lane in its group's colour.
void draw_group_marks(Drawing& drawing, const Lanes& lanes, double right, const LaneRoom& room) {
  for (std::size_t lane = 0; lane < lanes.names.size(); ++lane) {
    const std::string group = group_of(lanes, lane);
    if (group.empty()) continue;
    const auto place = static_cast<std::size_t>(
        std::find(lanes.groups.begin(), lanes.groups.end(), group) - lanes.groups.begin());
    const double top = room.top + room.height * static_cast<double>(lane);
    drawing.canvas.rect({right - kGroupMark, top, right, top + room.height}, group,
                        fmt::format("fill=\"{}\"", series_paint(lanes.group_colours[place])));
  }
}

double lane_height(std::size_t lanes) {
  constexpr double kTallest = 480;
  return std::clamp(kTallest / static_cast<double>(lanes), 3.0, 24.0);
}

}  // namespace

void draw_chart(Drawing& drawing, const SpanChart& chart, const DataTable& data) {
  const Lanes lanes = lanes_of(chart, data);
  if (!lanes.extent.any) return draw_nothing(drawing, "no data");
  std::vector<LegendEntry> entries;
  for (std::size_t i = 0; i < lanes.groups.size(); ++i)
    entries.push_back({lanes.groups[i], lanes.group_colours[i], LegendMark::line});
  for (std::size_t i = 0; i < lanes.kinds.size(); ++i)
    entries.push_back({lanes.kinds[i], lanes.colours[i]});
  draw_legend(drawing, entries, 1);
  double widest = 0;
  for (const std::string& name : lanes.names)
    widest = std::max(widest, text_width(name, drawing.font) * 1.04);
  widest = std::min(widest, drawing.width * 0.3);
  const LaneRoom room{drawing.y + 4, lane_height(lanes.names.size())};
  double left = draw_lane_names(drawing, lanes, widest, room);
  if (!lanes.groups.empty()) {
    draw_group_marks(drawing, lanes, left + kGroupMark, room);
    left += kGroupMark + 3;
  }
  const Box plot{left, room.top, drawing.width - 14,
                 room.top + room.height * static_cast<double>(lanes.names.size())};
  Axis axis =
      make_axis(lanes.extent, *lanes.begin, lanes.begin->kind == ColumnKind::date ? "" : "time",
                false, drawing.narrow() ? 4 : 8);
  if (lanes.extent.low < lanes.extent.high) {
    axis.range.low = lanes.extent.low;
    axis.range.high = lanes.extent.high;
  }
  axis.from = plot.left;
  axis.to = plot.right;
  draw_level_axis(drawing, axis, plot, true);
  std::vector<std::vector<Block>> blocks;
  bool merges = false;
  for (std::size_t lane = 0; lane < lanes.names.size(); ++lane) {
    blocks.push_back(blocks_of(lanes, lane, axis));
    if (lanes.kind_of.size() <= kMostTitledSpans || !crowded(blocks.back())) continue;
    blocks.back() = merged(blocks.back(), lanes.kinds.size(), plot);
    merges = true;
  }
  for (std::size_t kind = 0; kind < lanes.kinds.size(); ++kind)
    draw_kind(drawing, lanes, kind, blocks, room);
  std::string note = left_out({lanes.extent});
  if (merges) {
    note += fmt::format(
        "{}{} spans, many narrower than a pixel: each column of pixels has the colour of what "
        "fills "
        "most of it. The table has every span.",
        note.empty() ? "" : ". ", readable_number(static_cast<double>(lanes.kind_of.size())));
  }
  draw_note(drawing, note);
}

}  // namespace polyfleet
