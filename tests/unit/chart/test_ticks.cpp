#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "chart/scale.hpp"
#include "chart/text_width.hpp"
#include "chart/thinning.hpp"
#include "chart/ticks.hpp"

using namespace polyfleet;

namespace {

std::string labels(const TickedRange& range) {
  std::string text;
  for (const Tick& tick : range.ticks) text += (text.empty() ? "" : " | ") + tick.label;
  return text;
}

}  // namespace

TEST_CASE("linear ticks stand at round numbers that enclose the data") {
  CHECK(labels(linear_ticks(0, 97, "", 5)) == "0 | 20 | 40 | 60 | 80 | 100");
  CHECK(labels(linear_ticks(0.12, 0.31, "", 5)) == "0.10 | 0.15 | 0.20 | 0.25 | 0.30 | 0.35");
  CHECK(labels(linear_ticks(-3, 3, "", 6)) == "−3 | −2 | −1 | 0 | 1 | 2 | 3");
  CHECK(labels(linear_ticks(0, 45000, "USD", 5)) ==
        "0 | 10,000 | 20,000 | 30,000 | 40,000 | 50,000");
}

TEST_CASE("units take prefixes so that labels stay short") {
  const TickedRange power = linear_ticks(0, 1.1e9, "W", 5);
  CHECK(power.unit == "GW");
  CHECK(labels(power) == "0.0 | 0.5 | 1.0 | 1.5");
  CHECK(linear_ticks(0, 3.1e9, "USD", 5).unit == "billion USD");
  CHECK(linear_ticks(0, 0.004, "s", 5).unit == "ms");
  CHECK(linear_ticks(0, 4000, "s", 5).unit == "s");
  CHECK(linear_ticks(0, 9.9e7, "", 5).unit == "million");
  CHECK(linear_ticks(0, 4e30, "FLOP", 5).unit == "1e30 FLOP");
  CHECK(labels(linear_ticks(0, 4e30, "FLOP", 4)) == "0 | 1 | 2 | 3 | 4");
}

TEST_CASE("ticks of one value, of nearly one, and of very large and small ranges end") {
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{{0, 0},
                                                                        {7, 7},
                                                                        {-7, -7},
                                                                        {1e16, 1e16 + 2},
                                                                        {-8e299, 8e299},
                                                                        {0, 1e-300},
                                                                        {1e-310, 2e-310}}) {
    const TickedRange range = linear_ticks(low, high, "", 5);
    CHECK(range.low <= low);
    CHECK(range.high >= high);
    CHECK(range.low < range.high);
    CHECK(range.ticks.size() >= 2);
    CHECK(range.ticks.size() < 70);
  }
}

TEST_CASE("logarithmic ticks: decades, with 2 and 5 where there is room") {
  CHECK(labels(log_ticks(1, 1000, "", 8)) == "1 | 10 | 100 | 1,000");
  CHECK(labels(log_ticks(3, 40, "", 8)) == "2 | 5 | 10 | 20 | 50");
  CHECK(labels(log_ticks(1, 1e12, "", 4)) == "1 | 1,000 | 1M | 1G | 1T");
  CHECK(log_ticks(5, 5, "", 5).low < 5);
  CHECK(log_ticks(5, 5, "", 5).high > 5);
  const TickedRange wide = log_ticks(1e-290, 1e290, "", 5);
  CHECK(wide.ticks.size() <= 8);
}

TEST_CASE("date ticks: years, quarters, months, days, hours") {
  const double begin = 20454;  // 2026-01-01
  CHECK(labels(date_ticks(begin, begin + 3653, 6)) == "2026 | 2028 | 2030 | 2032 | 2034 | 2036");
  CHECK(labels(date_ticks(begin, begin + 400, 6)) == "Q1 2026 | Q2 | Q3 | Q4 | Q1 2027");
  CHECK(labels(date_ticks(begin, begin + 100, 6)) == "Jan 2026 | Feb | Mar | Apr");
  CHECK(labels(date_ticks(begin, begin + 4, 6)) == "1 Jan 2026 | 2 Jan | 3 Jan | 4 Jan | 5 Jan");
  CHECK(labels(date_ticks(begin, begin + 1, 5)) ==
        "1 Jan 2026 00:00 | 06:00 | 12:00 | 18:00 | 2 Jan 00:00");
  CHECK(date_ticks(-1e18, 1e18, 5).ticks.size() < 30);
}

TEST_CASE("an axis places values, and says nothing of what it cannot draw") {
  Extent extent(AxisScale::logarithmic);
  extent.add({1, 100, 0, -3, std::nan(""), std::numeric_limits<double>::infinity()});
  CHECK(extent.low == 1);
  CHECK(extent.high == 100);
  CHECK(extent.not_positive == 2);
  CHECK(extent.infinite == 1);
  CHECK(left_out({extent}) == "1 value is infinite, 2 values are not above zero: not drawn");
  DataColumn column{.name = "x", .unit = "s"};
  Axis axis = make_axis(extent, column, "x", false, 5);
  axis.from = 0;
  axis.to = 200;
  CHECK(axis.at(10) == doctest::Approx(100));
  CHECK(std::isnan(axis.at(0)));
  CHECK(axis.title == "x (s)");
}

TEST_CASE("thinning keeps ends, peaks and gaps, and leaves short lines alone") {
  std::vector<Spot> spots;
  for (int i = 0; i < 20000; ++i) spots.push_back({i * 0.03, i == 777 ? 50.0 : (i % 7) * 0.1});
  spots[10000].y = std::nan("");
  const auto kept = thinned(spots, 1);
  CHECK(kept.size() < 3000);
  CHECK(kept.front().x == spots.front().x);
  CHECK(kept.back().x == spots.back().x);
  CHECK(std::count_if(kept.begin(), kept.end(), [](const Spot& s) { return s.y == 50; }) == 1);
  CHECK(std::count_if(kept.begin(), kept.end(), [](const Spot& s) { return std::isnan(s.y); }) ==
        1);
  CHECK(thinned({{0, 1}, {10, 2}}, 1).size() == 2);
  CHECK(thinned({}, 1).empty());
}

TEST_CASE("texts are cut and wrapped within a width") {
  CHECK(cut_to("short", 100, 12) == "short");
  const std::string cut = cut_to("a rather long label of a category", 80, 12);
  CHECK(cut.ends_with("…"));
  CHECK(text_width(cut, 12) <= 80);
  const auto lines = wrapped("a rather long label of a category", 80, 12, 3);
  CHECK(lines.size() == 3);
  for (const std::string& line : lines) CHECK(text_width(line, 12) <= 80);
  CHECK(wrapped("", 80, 12, 3) == std::vector<std::string>{""});
  CHECK(cut_to("ééééééé", 20, 12).find("\xC3…") == std::string::npos);
}
