// Figures that tests share: one of each kind of chart.
#pragma once

#include <string>
#include <vector>

#include "chart/figure.hpp"

namespace polyfleet {

inline PageFigure bar_figure() {
  PageFigure figure{.id = "bars", .title = "Bars", .reading = "Taller is slower."};
  figure.chart = BarChart{.category = "part", .values = {"compute", "network"}};
  figure.data.word("part", {"forward", "backward", "optimizer"})
      .number("compute", "ms", {1, 2, 0.5})
      .number("network", "ms", {0.5, 1, 0});
  return figure;
}

inline PageFigure line_figure(std::size_t rows = 24) {
  PageFigure figure{.id = "lines", .title = "Lines", .reading = "Higher is more."};
  figure.chart = LineChart{.x = "day",
                           .values = {"used", "idle"},
                           .bands = {{"low", "high", "5 to 95 %"}},
                           .limit = 900,
                           .limit_label = "capacity"};
  std::vector<double> day, used, idle, low, high;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto x = static_cast<double>(i);
    day.push_back(20000 + x);
    used.push_back(500 + static_cast<double>(i * 37 % 200));
    idle.push_back(300 - x / 10);
    low.push_back(450);
    high.push_back(720);
  }
  figure.data.date("day", day)
      .number("used", "MW", used)
      .number("idle", "MW", idle)
      .number("low", "MW", low)
      .number("high", "MW", high);
  return figure;
}

inline PageFigure scatter_figure() {
  PageFigure figure{.id = "points", .title = "Points", .reading = "On the line is right."};
  figure.chart = ScatterChart{.x = "measured",
                              .y = "predicted",
                              .group = "vendor",
                              .label = "run",
                              .low = "low",
                              .high = "high",
                              .identity = true,
                              .x_scale = AxisScale::logarithmic,
                              .y_scale = AxisScale::logarithmic};
  figure.data.word("run", {"a", "b", "c"})
      .word("vendor", {"AMD", "NVIDIA", "AMD"})
      .number("measured", "s", {1, 10, 100})
      .number("predicted", "s", {1.2, 9, 110})
      .number("low", "s", {1, 8, 90})
      .number("high", "s", {1.5, 11, 140});
  return figure;
}

inline PageFigure span_figure(std::size_t spans = 12) {
  PageFigure figure{.id = "spans", .title = "Spans", .reading = "Gaps are idle."};
  figure.chart = SpanChart{.lane = "stage", .begin = "begin", .end = "end", .kind = "phase"};
  std::vector<std::string> stage, phase;
  std::vector<double> begin, end;
  for (std::size_t i = 0; i < spans; ++i) {
    stage.push_back("stage " + std::to_string(i % 4));
    phase.push_back(i % 3 == 0 ? "forward" : "backward");
    begin.push_back(static_cast<double>(i / 4) * 2);
    end.push_back(static_cast<double>(i / 4) * 2 + 1.5);
  }
  figure.data.word("stage", stage)
      .word("phase", phase)
      .number("begin", "ms", begin)
      .number("end", "ms", end);
  return figure;
}

inline PageFigure tornado_figure() {
  PageFigure figure{.id = "tornado", .title = "Tornado", .reading = "Longer moves more."};
  figure.chart = TornadoChart{.name = "input",
                              .low = "at low",
                              .high = "at high",
                              .base = 7,
                              .base_label = "as given: 7 s"};
  figure.data.word("input", {"bandwidth", "batch"})
      .number("at low", "s", {8.5, 6.5})
      .number("at high", "s", {6, 7.5});
  return figure;
}

inline FigurePage sample_page() {
  FigurePage page{.title = "A page", .subtitle = "What is it?"};
  page.facts = {{"step time", "7.68 s", "90 % interval"}, {"memory", "70 GB", ""}};
  page.notices = {"The plan is 4 % from the limit."};
  page.sections = {{"Time", {bar_figure(), line_figure(), span_figure()}},
                   {"Trust", {scatter_figure(), tornado_figure()}}};
  PageFigure& figure = page.sections[0].figures[0];
  figure.assumptions = {"No jitter."};
  figure.sources = {{"A paper", "https://example.org/a"}, {"A talk", ""}};
  return page;
}

}  // namespace polyfleet
