// Rules across bars and marks of lanes: where they stand, what names them, that they are checked
// and read back.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <limits>

#include "chart/html_page.hpp"
#include "chart/svg.hpp"
#include "chart_samples.hpp"

using namespace polyfleet;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

PageFigure limited(std::vector<double> limits, bool lying) {
  PageFigure figure{.id = "memory", .title = "Memory", .reading = "Below the rule fits."};
  figure.chart =
      BarChart{.category = "stage", .values = {"used"}, .horizontal = lying, .limit = "capacity"};
  figure.data.word("stage", {"a", "b"}).number("used", "GB", {5, 10});
  figure.data.number("capacity", "GB", std::move(limits));
  return figure;
}

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

/// Dashed rules of the plot; the legend's mark has other dashes.
std::size_t rules(const std::string& svg) { return times(svg, "stroke-dasharray=\"6 4\""); }

}  // namespace

TEST_CASE("rows of one limit share a rule, which the legend names with its number") {
  for (const bool lying : {false, true}) {
    const std::string svg = svg_of(limited({20, 20}, lying));
    CHECK(rules(svg) == 1);
    CHECK(svg.find("capacity: 20 GB") != std::string::npos);
  }
  const std::string two = svg_of(limited({20, 15}, false));
  CHECK(rules(two) == 2);
  CHECK(two.find(">capacity<") != std::string::npos);
}

TEST_CASE("a rule stands at its value: half of the axis, above the tallest bar") {
  // The axis ends at 20; a standing plot is 240 high, its rule lies on the upper edge.
  const std::string svg = svg_of(limited({20, 20}, false));
  CHECK(svg.find("height=\"120\"") != std::string::npos);  // the bar of 10
  const std::string low = svg_of(limited({5, 5}, false));  // the axis ends at 10
  const std::size_t rule = low.find("stroke-dasharray=\"6 4\"");
  REQUIRE(rule != std::string::npos);
  const std::size_t line = low.rfind("<path d=\"M", rule);
  double x = 0, y = 0;
  REQUIRE(std::sscanf(low.c_str() + line, "<path d=\"M%lf %lf", &x, &y) == 2);
  const std::size_t bar = low.find("height=\"120\"");  // of 5, the rule at its upper edge
  REQUIRE(bar != std::string::npos);
  const std::size_t top = low.find(" y=\"", low.rfind("<rect", bar));
  CHECK(y == doctest::Approx(std::stod(low.substr(top + 4, 8))));
}

TEST_CASE("an unknown limit has no rule; without any there is no legend of it") {
  CHECK(rules(svg_of(limited({kNone, 15}, false))) == 1);
  const std::string none = svg_of(limited({kNone, kNone}, true));
  CHECK(rules(none) == 0);
  CHECK(none.find("capacity") == std::string::npos);
}

TEST_CASE("a limit of another column, kind or unit is a fault of the page") {
  FigurePage page{.title = "A page", .sections = {{"Memory", {limited({20, 20}, true)}}}};
  CHECK(page_faults(page).empty());
  PageFigure& figure = page.sections[0].figures[0];
  figure.data.columns[2].unit = "GiB";
  CHECK(page_faults(page).size() == 1);
  std::get<BarChart>(figure.chart).limit = "stage";
  CHECK(page_faults(page).size() == 2);  // of another kind and of another unit
  std::get<BarChart>(figure.chart).limit = "nowhere";
  CHECK(page_faults(page).size() == 1);
}

TEST_CASE("limits and groups read back, and stand in the CSV") {
  PageFigure spans = span_figure();
  std::get<SpanChart>(spans.chart).group = "phase";
  const FigurePage page{.title = "A page",
                        .sections = {{"Both", {limited({20, kNone}, true), spans}}}};
  const Result<FigurePage> read = page_from_json(page_json(page, false));
  REQUIRE(read.has_value());
  CHECK(std::get<BarChart>(read->sections[0].figures[0].chart).limit == "capacity");
  CHECK(std::get<SpanChart>(read->sections[0].figures[1].chart).group == "phase");
  CHECK(table_csv(page.sections[0].figures[0].data) ==
        "stage,used (GB),capacity (GB)\r\na,5,20\r\nb,10,\r\n");
}

TEST_CASE("lanes are marked in their vendor's colour, kinds keep to others") {
  PageFigure figure{.id = "step", .title = "Step", .reading = "Lanes."};
  figure.chart =
      SpanChart{.lane = "stage", .begin = "begin", .end = "end", .kind = "kind", .group = "vendor"};
  figure.data.word("stage", {"1", "2", "link"})
      .word("kind", {"forward", "backward", "transfer"})
      .word("vendor", {"AMD", "NVIDIA", ""})
      .number("begin", "ms", {0, 1, 2})
      .number("end", "ms", {1, 2, 3});
  const std::string svg = svg_of(figure);
  const std::string amd = "fill=\"var(--series-2,#d55e00)\"";
  CHECK(times(svg, amd) == 1);  // the mark; the legend's line is stroked
  CHECK(times(svg, "fill=\"var(--series-3,#009e73)\"") == 1);
  CHECK(svg.find(">AMD<") != std::string::npos);
  CHECK(svg.find("width=\"6\"") != std::string::npos);
}
