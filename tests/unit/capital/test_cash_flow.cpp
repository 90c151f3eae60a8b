#include <doctest/doctest.h>

#include "capital/cash_flow.hpp"

using namespace polyfleet;

namespace {

const CalendarDate kStart{2026, 1, 1};
const CalendarDate kYearLater{2027, 1, 1};  // 365 days

}  // namespace

TEST_CASE("days and years between dates, leap days among them") {
  CHECK(days_between(kStart, kYearLater) == 365);
  CHECK(days_between({2028, 2, 28}, {2028, 3, 1}) == 2);
  CHECK(days_between({2027, 2, 28}, {2027, 3, 1}) == 1);
  CHECK(days_between(kYearLater, kStart) == -365);
  CHECK(years_between(kStart, kYearLater) == 1);
  CHECK(add_days({2028, 2, 28}, 1) == CalendarDate{2028, 2, 29});
  CHECK(add_days(kYearLater, -365) == kStart);
  CHECK(is_before(kStart, kYearLater));
  CHECK_FALSE(is_before(kStart, kStart));
}

TEST_CASE("net present value, internal rate and payback of two flows by hand") {
  const std::vector<CashFlow> flows{{kYearLater, 110 * usd}, {kStart, -100 * usd}};
  CHECK(net_present_value(flows, 0.10, kStart) / usd == doctest::Approx(0).epsilon(1e-12));
  CHECK(net_present_value(flows, 0, kStart) / usd == doctest::Approx(10));
  CHECK(net_present_value(flows, 0.25, kYearLater) / usd == doctest::Approx(110 - 125));
  REQUIRE(internal_rate(flows).has_value());
  CHECK(*internal_rate(flows) == doctest::Approx(0.10).epsilon(1e-12));
  CHECK(payback(flows) == kYearLater);
  CHECK_FALSE(payback(flows, 0.11).has_value());
}

TEST_CASE("the published example of a spreadsheet's XNPV and XIRR") {
  // Microsoft, documentation of XNPV and XIRR: 2,086.65 at 9 %, and 37.336 %.
  const std::vector<CashFlow> flows{{{2008, 1, 1}, -10000 * usd},
                                    {{2008, 3, 1}, 2750 * usd},
                                    {{2008, 10, 30}, 4250 * usd},
                                    {{2009, 2, 15}, 3250 * usd},
                                    {{2009, 4, 1}, 2750 * usd}};
  CHECK(net_present_value(flows, 0.09, {2008, 1, 1}) / usd ==
        doctest::Approx(2086.65).epsilon(1e-5));
  REQUIRE(internal_rate(flows).has_value());
  CHECK(*internal_rate(flows) == doctest::Approx(0.373362535).epsilon(1e-6));
  CHECK(payback(flows) == CalendarDate{2009, 2, 15});
  CHECK(payback(flows, 0.5) == std::nullopt);
}

TEST_CASE("no internal rate where the flows change sign never or more than once") {
  CHECK_FALSE(internal_rate({}).has_value());
  CHECK_FALSE(internal_rate({{kStart, 1 * usd}}).has_value());
  CHECK_FALSE(internal_rate({{kStart, -1 * usd}, {kYearLater, 3 * usd}, {{2028, 1, 1}, -2 * usd}})
                  .has_value());
  // Two flows of one day are one: no sign change is made of them.
  CHECK(internal_rate({{kStart, -100 * usd}, {kYearLater, 210 * usd}, {kYearLater, -100 * usd}})
            .value() == doctest::Approx(0.10));
}

TEST_CASE("payback counts only what lasts") {
  CHECK(payback({{kStart, -1 * usd},
                 {kYearLater, 1 * usd},
                 {{2028, 1, 1}, -1 * usd},
                 {{2029, 1, 1}, 5 * usd}}) == CalendarDate{2029, 1, 1});
  CHECK_FALSE(payback({}).has_value());
}
