#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "chart/svg.hpp"
#include "chart_samples.hpp"

using namespace polyfleet;

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

/// Elements are closed in the order they were opened, texts hold no raw markup, and no coordinate
/// is no number.
void check_well_formed(const std::string& svg) {
  std::vector<std::string> open;
  for (std::size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const std::size_t end = svg.find('>', at);
    REQUIRE(end != std::string::npos);
    const std::string tag = svg.substr(at + 1, end - at - 1);
    if (tag.starts_with("/")) {
      REQUIRE(!open.empty());
      CHECK(open.back() == tag.substr(1));
      open.pop_back();
    } else if (!tag.ends_with("/")) {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
  }
  CHECK(open.empty());
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find("inf\"") == std::string::npos);
  CHECK(svg.find("style=") == std::string::npos);
}

std::vector<PageFigure> all_kinds() {
  return {bar_figure(), line_figure(), scatter_figure(), span_figure(), tornado_figure()};
}

/// The figure with every number column's values replaced.
PageFigure with_numbers(PageFigure figure, double value) {
  for (DataColumn& column : figure.data.columns)
    for (double& number : column.numbers) number = value;
  return figure;
}

PageFigure without_rows(PageFigure figure, std::size_t rows) {
  for (DataColumn& column : figure.data.columns) {
    if (column.kind == ColumnKind::word) column.words.resize(rows);
    if (column.kind != ColumnKind::word) column.numbers.resize(rows);
  }
  return figure;
}

}  // namespace

TEST_CASE(
    "every kind of chart is well-formed SVG, wide, narrow and alone; same figure, same bytes") {
  for (const PageFigure& figure : all_kinds()) {
    CAPTURE(figure.id);
    for (const SvgStyle style :
         {SvgStyle{}, SvgStyle{.width = 320}, SvgStyle{.standalone = true}}) {
      const std::string svg = svg_of(figure, style);
      check_well_formed(svg);
      CHECK(svg == svg_of(figure, style));
      CHECK(svg.find("role=\"img\"") != std::string::npos);
      CHECK(svg.find("aria-label=\"" + figure.title) != std::string::npos);
    }
    CHECK(svg_of(figure).find("<style") == std::string::npos);
    CHECK(svg_of(figure, {.standalone = true}).find("prefers-color-scheme:dark") !=
          std::string::npos);
  }
  CHECK(svg_of(PageFigure{}).empty());
}

TEST_CASE(
    "no rows, one row, gaps, infinities, equal, negative and huge numbers are drawn or named") {
  for (const PageFigure& figure : all_kinds()) {
    CAPTURE(figure.id);
    check_well_formed(svg_of(without_rows(figure, 1)));
    const std::string empty = svg_of(without_rows(figure, 0));
    check_well_formed(empty);
    for (const double value : {std::nan(""), kInfinite, -kInfinite, 0.0, 5.0, -5.0, 1e308, -1e308,
                               1e299, 1e-300, 5e-324}) {
      CAPTURE(value);
      check_well_formed(svg_of(with_numbers(figure, value)));
    }
    CHECK(svg_of(with_numbers(figure, std::nan(""))).find("no data") != std::string::npos);
  }
  PageFigure some = bar_figure();
  some.data.columns[1].numbers[0] = kInfinite;
  CHECK(svg_of(some).find("1 value is infinite: not drawn") != std::string::npos);
}

TEST_CASE("a chart of columns that are not there draws nothing and does not end the program") {
  for (PageFigure figure : all_kinds()) {
    figure.data = DataTable();
    CHECK(svg_of(figure).find("no data") != std::string::npos);
  }
}

TEST_CASE("texts of the data cannot become markup") {
  const std::string hostile = "<script>alert(\"x\")</script>' onload='\"&\x01\xFF";
  for (PageFigure figure : all_kinds()) {
    figure.title = hostile;
    for (DataColumn& column : figure.data.columns) {
      column.unit += hostile;
      for (std::string& word : column.words) word += hostile;
    }
    const std::string svg = svg_of(figure, {.standalone = true});
    check_well_formed(svg);
    CHECK(svg.find("<script") == std::string::npos);
    CHECK(svg.find('\x01') == std::string::npos);
    CHECK(svg.find('\xFF') == std::string::npos);
  }
}

TEST_CASE("a bar's height is its value's share of the axis") {
  PageFigure figure{.id = "one", .title = "One"};
  figure.chart = BarChart{.category = "part", .values = {"time"}};
  figure.data.word("part", {"a", "b"}).number("time", "ms", {10, 5});
  const std::string svg = svg_of(figure);
  // The axis ends at 10; the plot is 240 high.
  CHECK(count(svg, "height=\"240\"") == 1);
  CHECK(count(svg, "height=\"120\"") == 1);
  CHECK(svg.find("a, time: 10 ms") != std::string::npos);
}

TEST_CASE("stacked bars add up") {
  PageFigure figure = bar_figure();
  std::get<BarChart>(figure.chart).stacked = true;
  // Totals 1.5, 3, 0.5 on an axis to 3: backward's compute is 2/3 of 240, its network 1/3.
  const std::string svg = svg_of(figure);
  CHECK(count(svg, "height=\"160\"") == 1);
  CHECK(count(svg, "height=\"80\"") >= 1);
}

TEST_CASE("long series and thousands of spans stay small, and say so") {
  const std::string lines = svg_of(line_figure(8760));
  CHECK(lines.size() < 80'000);
  const std::string spans = svg_of(span_figure(40'000));
  CHECK(spans.size() < 120'000);
  CHECK(spans.find("narrower than a pixel") != std::string::npos);
}

TEST_CASE("a diagonal between a linear and a logarithmic axis has the range that both can show") {
  PageFigure figure = scatter_figure();
  std::get<ScatterChart>(figure.chart).x_scale = AxisScale::linear;
  figure.data.columns[2].numbers[0] = -5;
  check_well_formed(svg_of(figure));
}

TEST_CASE("vendors keep their colours") {
  PageFigure figure = scatter_figure();
  const std::string svg = svg_of(figure);
  CHECK(svg.find("var(--series-2,#d55e00)") != std::string::npos);  // AMD
  CHECK(svg.find("var(--series-3,#009e73)") != std::string::npos);  // NVIDIA
  CHECK(svg.find("var(--series-1,") == std::string::npos);
}
