#include "chart/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace polyfleet {
namespace {

bool is_anchor(const std::string& id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// The faults of one figure, each said with the figure's id.
class FigureFaults {
 public:
  FigureFaults(const PageFigure& figure, std::vector<std::string>& faults)
      : figure_(figure), faults_(faults) {}

  void say(std::string_view what) {
    faults_.push_back(fmt::format("figure {}: {}", figure_.id, what));
  }

  void check() {
    if (!is_anchor(figure_.id)) say("the id is not of a-z, 0-9 and _");
    if (figure_.title.empty()) say("no title");
    if (figure_.reading.empty() && figure_.chart.index() != 0) say("no reading");
    if (figure_.data.columns.empty()) say("no data");
    check_table();
    std::visit([this](const auto& chart) { check_chart(chart); }, figure_.chart);
  }

 private:
  void check_table() {
    std::set<std::string> names;
    for (const DataColumn& column : figure_.data.columns) {
      if (column.name.empty()) say("a column without a name");
      if (!names.insert(column.name).second) say("two columns named " + column.name);
      if (column.size() != figure_.data.rows()) say("column " + column.name + " is not as long");
    }
  }

  void check_column(std::string_view role, const std::string& name, bool as_word,
                    bool may_be_date = false) {
    const DataColumn* column = figure_.data.find(name);
    if (column == nullptr) return say(fmt::format("{} names no column: {}", role, name));
    const bool word = column->kind == ColumnKind::word;
    const bool date = column->kind == ColumnKind::date;
    if (word != as_word || (date && !may_be_date))
      say(fmt::format("{} names a column of another kind: {}", role, name));
  }

  void check_values(const std::vector<std::string>& names) {
    if (names.empty()) say("no values to draw");
    for (const std::string& name : names) check_column("values", name, false);
  }

  void check_interval(const std::string& low, const std::string& high) {
    if (low.empty() != high.empty()) say("an interval with one end");
    if (low.empty() || high.empty()) return;
    check_column("low", low, false);
    check_column("high", high, false);
  }

  void check_chart(const std::monostate&) {}

  void check_chart(const BarChart& bars) {
    check_column("category", bars.category, true);
    check_values(bars.values);
    check_interval(bars.low, bars.high);
    if (!bars.low.empty() && bars.values.size() != 1) say("an interval on more than one value");
    if (!bars.limit.empty()) check_limit(bars);
    if (bars.stacked && bars.scale == AxisScale::logarithmic)
      say("stacked bars on a logarithmic axis do not add up");
  }

  void check_limit(const BarChart& bars) {
    check_column("limit", bars.limit, false);
    const DataColumn* limit = figure_.data.find(bars.limit);
    const DataColumn* first = bars.values.empty() ? nullptr : figure_.data.find(bars.values[0]);
    if (limit != nullptr && first != nullptr && limit->unit != first->unit)
      say("the limit is in another unit than the values");
  }

  void check_chart(const LineChart& lines) {
    check_column("x", lines.x, false, true);
    check_values(lines.values);
    for (const Band& band : lines.bands) {
      check_column("low", band.low, false);
      check_column("high", band.high, false);
    }
    if (lines.stacked_area && lines.y_scale == AxisScale::logarithmic)
      say("stacked areas on a logarithmic axis do not add up");
  }

  void check_chart(const ScatterChart& scatter) {
    check_column("x", scatter.x, false);
    check_column("y", scatter.y, false);
    if (!scatter.group.empty()) check_column("group", scatter.group, true);
    if (!scatter.label.empty()) check_column("label", scatter.label, true);
    if (!scatter.joined.empty()) check_column("joined", scatter.joined, false);
    check_interval(scatter.low, scatter.high);
  }

  void check_chart(const SpanChart& spans) {
    check_column("lane", spans.lane, true);
    check_column("kind", spans.kind, true);
    if (!spans.group.empty()) check_column("group", spans.group, true);
    check_column("begin", spans.begin, false, true);
    check_column("end", spans.end, false, true);
    const DataColumn* begin = figure_.data.find(spans.begin);
    const DataColumn* end = figure_.data.find(spans.end);
    if (begin != nullptr && end != nullptr && begin->kind != end->kind)
      say("begin and end are of two kinds");
  }

  void check_chart(const TornadoChart& tornado) {
    check_column("name", tornado.name, true);
    check_column("low", tornado.low, false);
    check_column("high", tornado.high, false);
  }

  const PageFigure& figure_;
  std::vector<std::string>& faults_;
};

}  // namespace

std::vector<std::string> page_faults(const FigurePage& page) {
  std::vector<std::string> faults;
  if (page.title.empty()) faults.emplace_back("the page has no title");
  std::set<std::string> ids;
  for (const FigureSection& section : page.sections) {
    if (section.title.empty()) faults.emplace_back("a section has no title");
    if (section.figures.empty()) faults.push_back("section without figures: " + section.title);
    for (const PageFigure& figure : section.figures) {
      if (!ids.insert(figure.id).second) faults.push_back("two figures have the id " + figure.id);
      FigureFaults(figure, faults).check();
    }
  }
  return faults;
}

}  // namespace polyfleet
