// Pages of figures: any page reads back from its JSON, and any numbers and words are drawn.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "chart/html_page.hpp"
#include "chart/svg.hpp"

namespace {

using namespace polyfleet;

double any_value() {
  const double whole = *rc::gen::arbitrary<double>();
  return *rc::gen::element(whole, 0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::max(),
                           std::numeric_limits<double>::denorm_min());
}

std::string any_text() {
  const auto word = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
  return *rc::gen::element(word, std::string("größer"), std::string("<b>&\"'"), std::string());
}

AxisScale any_scale() { return *rc::gen::element(AxisScale::linear, AxisScale::logarithmic); }

Chart any_chart() {
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      return BarChart{.category = "word",
                      .values = {"a", "b"},
                      .stacked = *rc::gen::arbitrary<bool>(),
                      .horizontal = *rc::gen::arbitrary<bool>(),
                      .scale = any_scale(),
                      .limit = *rc::gen::element(std::string(), std::string("c"))};
    case 1:
      return LineChart{.x = *rc::gen::element(std::string("a"), std::string("day")),
                       .values = {"b", "c"},
                       .stacked_area = *rc::gen::arbitrary<bool>(),
                       .steps = *rc::gen::arbitrary<bool>(),
                       .bands = {{"a", "c", any_text()}},
                       .x_scale = any_scale(),
                       .y_scale = any_scale(),
                       .limit = any_value(),
                       .limit_label = any_text()};
    case 2:
      return ScatterChart{.x = "a",
                          .y = "b",
                          .group = "word",
                          .label = "word",
                          .low = "a",
                          .high = "c",
                          .identity = *rc::gen::arbitrary<bool>(),
                          .joined = "c",
                          .x_scale = any_scale(),
                          .y_scale = any_scale(),
                          .limit = any_value(),
                          .limit_label = any_text()};
    case 3:
      return SpanChart{.lane = "word",
                       .begin = "a",
                       .end = "b",
                       .kind = "word",
                       .group = *rc::gen::element(std::string(), std::string("word"))};
    case 4:
      return TornadoChart{
          .name = "word", .low = "a", .high = "b", .base = any_value(), .base_label = any_text()};
    default:
      return std::monostate();
  }
}

PageFigure any_figure() {
  const auto rows = static_cast<std::size_t>(*rc::gen::inRange(0, 12));
  PageFigure figure{.id = "f", .title = any_text(), .reading = any_text(), .chart = any_chart()};
  const auto numbers = [&] {
    std::vector<double> values;
    for (std::size_t i = 0; i < rows; ++i) values.push_back(any_value());
    return values;
  };
  std::vector<std::string> words;
  for (std::size_t i = 0; i < rows; ++i) words.push_back(any_text());
  figure.data.word("word", words)
      .number("a", any_text(), numbers())
      .number("b", "s", numbers())
      .number("c", "", numbers())
      .date("day", numbers());
  figure.assumptions = {any_text()};
  figure.sources = {{any_text(), any_text()}};
  return figure;
}

}  // namespace

TEST_CASE("any page reads back from its JSON") {
  CHECK(rc::check("page round trip", [] {
    FigurePage page{.title = any_text(), .subtitle = any_text()};
    page.facts = {{any_text(), any_text(), any_text()}};
    page.notices = {any_text()};
    page.sections = {{any_text(), {any_figure()}}};
    const std::string text = to_json(page_json(page, false));
    const auto document = parse_json(text, "page");
    RC_ASSERT(document.has_value());
    const auto read = page_from_json(*document);
    RC_ASSERT(read.has_value());
    RC_ASSERT(to_json(page_json(*read, false)) == text);
    const DataColumn& before = page.sections[0].figures[0].data.columns[1];
    const DataColumn& after = read->sections[0].figures[0].data.columns[1];
    RC_ASSERT(before.numbers.size() == after.numbers.size());
    for (std::size_t i = 0; i < before.numbers.size(); ++i) {
      const double a = before.numbers[i], b = after.numbers[i];
      RC_ASSERT(a == b || (std::isnan(a) && std::isnan(b)));
    }
  }));
}

TEST_CASE("any figure is drawn, without numbers that are none") {
  CHECK(rc::check("drawn", [] {
    const PageFigure figure = any_figure();
    for (const double width : {kWidePicture, kNarrowPicture, 200.0}) {
      const std::string svg = svg_of(figure, {.width = width});
      RC_ASSERT(svg.empty() == (figure.chart.index() == 0));
      for (const char* part :
           {"=\"nan", "=\"inf", "=\"-nan", " nan", " inf\"", "Mnan", "Minf", "\"-inf"})
        RC_ASSERT(svg.find(part) == std::string::npos);
    }
  }));
}
