#include <doctest/doctest.h>

#include "view/deal_figures.hpp"
#include "view/fleet_series.hpp"

using namespace polyfleet;

TEST_CASE("a period gives its months what lies in them, and nothing is lost") {
  // Weeks from Monday 2026-06-29: the first has two days of June and five of July.
  const FleetTime time({2026, 6, 29}, {2026, 9, 1}, 7);
  const FleetMonths months(time);
  REQUIRE(months.size() == 3);
  CHECK(months.days().front() == page_day(CalendarDate{2026, 6, 1}));
  std::vector<double> sums(months.size());
  months.add(0, 7, sums);
  CHECK(sums[0] == doctest::Approx(2));
  CHECK(sums[1] == doctest::Approx(5));
  for (int period = 1; period < time.periods(); ++period) months.add(period, 7, sums);
  CHECK(sums[0] + sums[1] + sums[2] == doctest::Approx(7.0 * time.periods()));
}

TEST_CASE("means of months weigh periods by their hours") {
  const FleetTime time({2026, 6, 29}, {2026, 8, 1}, 7);
  NamedSeries by_period(static_cast<std::size_t>(time.periods()));
  std::vector<double>& values = by_period.of("x");
  values[0] = 31;  // two days of June, five of July
  const NamedSeries monthly = FleetMonths(time).means(by_period);
  REQUIRE(monthly.all().size() == 1);
  CHECK(monthly.all()[0].second[0] == doctest::Approx(31));
  CHECK(monthly.all()[0].second[1] == doctest::Approx(5));
}

TEST_CASE("of many series the largest are drawn and the others summed; the table has them all") {
  NamedSeries series(2);
  for (int i = 1; i <= 12; ++i) series.of("s" + std::to_string(i)) = {double(i), 2.0 * i};
  series.of("nothing");
  DataTable table;
  const std::vector<std::string> drawn = series.add_to(table, "GW", 10, 4);
  CHECK(drawn == std::vector<std::string>{"s10", "s11", "s12", "9 others"});
  CHECK(table.columns.size() == 13);
  CHECK(table.find("nothing") == nullptr);
  double all = 0;
  for (const std::string& name : drawn) all += table.find(name)->numbers[1];
  CHECK(all == doctest::Approx(10 * 2.0 * 78));
  DataTable few;
  CHECK(series.add_to(few, "GW", 1, 12).size() == 12);
}

TEST_CASE("ties among the largest keep their number") {
  NamedSeries series(1);
  for (int i = 0; i < 5; ++i) series.of(std::string(1, char('a' + i))) = {1};
  DataTable table;
  CHECK(series.add_to(table, "", 1, 3) == std::vector<std::string>{"a", "b", "3 others"});
}

TEST_CASE("names become ids; numbers keep six digits") {
  CHECK(figure_id_of("AMD/OpenAI 2025") == "amd_openai_2025");
  CHECK(rounded(123456.789) == 123457);
  CHECK(rounded(-0.00012345678) == -0.000123457);
  CHECK(rounded(0) == 0);
}
