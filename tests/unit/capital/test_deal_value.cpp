#include <doctest/doctest.h>

#include <cmath>

#include "capital/deal_date.hpp"
#include "capital/deal_value.hpp"

using namespace polyfleet;

namespace {

const CalendarDate kToday{2026, 1, 1};
const ShareModel kDealShare{200 * usd, 0.5, 0.04, 0, 1000};

/// Tranches of 100 shares at these hurdles, one a gigawatt; expiry after four years of 365 days.
Deal deal_of(const std::vector<double>& hurdles) {
  Deal deal;
  deal.id = "test";
  WarrantTerms warrant;
  warrant.shares = term(100.0 * static_cast<double>(hurdles.size()));
  warrant.exercise_price = term(0.01 * usd);
  warrant.issued.value = kToday;
  warrant.expiry.value = add_days(kToday, 4 * 365);
  for (std::size_t i = 0; i < hurdles.size(); ++i)
    warrant.tranches.push_back(
        {static_cast<double>(i + 1) * gigawatt, term(100.0), term(hurdles[i] * usd), term(1.0)});
  deal.warrant = warrant;
  return deal;
}

/// Gigawatt after gigawatt, the first after `first` days.
DeploymentPath every_year(const Deal& deal, int first) {
  std::vector<DeliveredPower> curve;
  for (std::size_t i = 0; i < deal.warrant->tranches.size(); ++i)
    curve.push_back({add_days(kToday, first + 365 * static_cast<int>(i)),
                     static_cast<double>(i + 1) * gigawatt});
  return deployment_path(deal, curve);
}

ValuationOptions options_of(std::int64_t paths) {
  ValuationOptions options;
  options.valued_on = kToday;
  options.paths = paths;
  return options;
}

WarrantValuation valued(const Deal& deal, const std::vector<DeploymentPath>& paths,
                        std::int64_t count = 2000, const ShareModel& share = kDealShare) {
  return *warrant_valuation({{&deal, paths}}, share, options_of(count));
}

}  // namespace

TEST_CASE("a tranche that is certain is worth its shares less the discounted cent") {
  const Deal deal = deal_of({1});
  const WarrantValuation value = valued(deal, {every_year(deal, 365)});
  const double expected = 100 * (200 - 0.01 * std::exp(-0.04 * 4));
  CHECK(value.value.mean == doctest::Approx(expected).epsilon(0.02));
  CHECK(std::abs(value.value.mean - expected) <= 4 * value.value.error + 1e-9);
  CHECK(value.positions[0].tranches[0].vests.mean == 1);
  CHECK(value.positions[0].tranches[0].vest_date == add_days(kToday, 365));
  CHECK(value.shares.mean == 100);
  CHECK(value.dilution == doctest::Approx(100.0 / 1100));
  CHECK(value.greatest_dilution == doctest::Approx(100.0 / 1100));
  CHECK(value.positions[0].exercise_cash / usd == doctest::Approx(1));
  CHECK(value.positions[0].value_if_unforeseen.mean ==
        doctest::Approx(value.value.mean * 1000 / 1100));
}

TEST_CASE("gigawatts that never come, or come after expiry, vest nothing") {
  const Deal deal = deal_of({1, 1});
  DeploymentPath never;
  never.reached = {std::nullopt, add_days(kToday, 4 * 365 + 1)};
  const WarrantValuation value = valued(deal, {never});
  CHECK(value.value.mean == 0);
  CHECK(value.positions[0].tranches[0].delivered_in_time.mean == 0);
  CHECK_FALSE(value.positions[0].tranches[0].vest_date.has_value());
  DeploymentPath last_day;
  last_day.reached = {std::nullopt, add_days(kToday, 4 * 365)};
  CHECK(valued(deal, {last_day}).positions[0].tranches[1].vests.mean == 1);
}

TEST_CASE("gigawatts delivered before the valuation are watched from it on") {
  const Deal deal = deal_of({199});
  DeploymentPath past;
  past.reached = {add_days(kToday, -500)};
  const WarrantValuation value = valued(deal, {past});
  CHECK(value.positions[0].tranches[0].vests.mean == 1);
  CHECK(value.positions[0].tranches[0].vest_date == kToday);
}

TEST_CASE("the conditions scale value and probability") {
  Deal deal = deal_of({1});
  deal.warrant->tranches[0].conditions = term(0.25);
  const WarrantValuation value = valued(deal, {every_year(deal, 0)}, 40000);
  CHECK(std::abs(value.positions[0].tranches[0].vests.mean - 0.25) < 0.01);
  CHECK(value.value.mean == doctest::Approx(0.25 * 20000).epsilon(0.03));
}

TEST_CASE("the same bytes on any number of threads, other ones with another seed") {
  const Deal deal = deal_of({250, 300, 400});
  const std::vector<DeploymentPath> paths{every_year(deal, 200), every_year(deal, 500)};
  ValuationOptions options = options_of(6000);
  const auto run = [&] { return *warrant_valuation({{&deal, paths}}, kDealShare, options); };
  const WarrantValuation one = run();
  for (const unsigned threads : {2U, 5U}) {
    options.threads = threads;
    const WarrantValuation other = run();
    CHECK(other.value.mean == one.value.mean);
    CHECK(other.value.error == one.value.error);
    CHECK(other.positions[0].value_spread.p95 == one.positions[0].value_spread.p95);
    CHECK(other.steps == one.steps);
  }
  options.seed = 2;
  CHECK(run().value.mean != one.value.mean);
}

TEST_CASE("rules: once is worth at least spot, a hurdle seen before counts at delivery") {
  Deal deal = deal_of({320});
  const std::vector<DeploymentPath> paths{every_year(deal, 1000)};
  const double spot = valued(deal, paths, 20000).value.mean;
  deal.warrant->rule = HurdleRule::once;
  const double once = valued(deal, paths, 20000).value.mean;
  CHECK(once > spot);
  deal.warrant->highest = term(320 * usd);
  const WarrantValuation seen = valued(deal, paths, 20000);
  CHECK(seen.positions[0].tranches[0].vests.mean == 1);
  CHECK(seen.positions[0].tranches[0].vest_date == add_days(kToday, 1000));
}

TEST_CASE("rules: a mean over more days is met less often") {
  Deal deal = deal_of({320});
  const std::vector<DeploymentPath> paths{every_year(deal, 400)};
  const double spot = valued(deal, paths, 8000).positions[0].tranches[0].vests.mean;
  deal.warrant->rule = HurdleRule::average;
  double last = spot;
  for (const double days : {1.0, 60.0, 250.0}) {
    deal.warrant->window_days = term(days);
    const double now = valued(deal, paths, 8000).positions[0].tranches[0].vests.mean;
    CHECK(now < last);
    CHECK(now > 0.05);
    last = now;
  }
}

TEST_CASE("early deliveries with high prices: correlation raises the value, not the share") {
  Deal deal = deal_of({1});
  deal.delay_months = {24, 0, 72, TermStatus::user, "", ""};
  deal.correlation = term(0.8);
  const std::vector<DeliveredPower> plan{{kToday, 1 * gigawatt}};
  const std::vector<DeploymentPath> paths = delayed_paths(deal, plan, 64);
  CHECK(paths.size() == 64);
  CHECK(paths.front().score > paths.back().score);
  const WarrantValuation together = valued(deal, paths, 40000);
  deal.correlation = term(0.0);
  const WarrantValuation apart = valued(deal, paths, 40000);
  // Two thirds of the delays end before expiry.
  CHECK(apart.positions[0].tranches[0].delivered_in_time.mean ==
        doctest::Approx(2.0 / 3).epsilon(0.02));
  CHECK(apart.value.mean == doctest::Approx(2.0 / 3 * 20000).epsilon(0.02));
  CHECK(together.value.mean > 1.1 * apart.value.mean);
  // In time for certain: the share's mean is the forward whatever the correlation.
  deal.correlation = term(0.8);
  deal.delay_months = {12, 0, 24, TermStatus::user, "", ""};
  const WarrantValuation sure = valued(deal, delayed_paths(deal, plan, 64), 40000);
  CHECK(sure.value.mean == doctest::Approx(20000).epsilon(0.02));
}

TEST_CASE("two warrants on one share: values add, dilution is that of both") {
  const Deal one = deal_of({250, 350}), two = deal_of({300});
  const std::vector<DeploymentPath> first{every_year(one, 200)}, second{every_year(two, 300)};
  const WarrantValuation both =
      *warrant_valuation({{&one, first}, {&two, second}}, kDealShare, options_of(20000));
  CHECK(both.positions.size() == 2);
  CHECK(both.value.mean ==
        doctest::Approx(both.positions[0].value.mean + both.positions[1].value.mean));
  CHECK(both.greatest_dilution == doctest::Approx(300.0 / 1300));
  CHECK(both.dilution < both.greatest_dilution);
  CHECK(both.positions[0].value_if_unforeseen.mean < both.positions[0].value.mean);
  const WarrantValuation alone = valued(one, first, 20000);
  CHECK(std::abs(alone.value.mean - both.positions[0].value.mean) <
        4 * (alone.value.error + both.positions[0].value.error));
}

TEST_CASE("what cannot be valued is refused") {
  const Deal deal = deal_of({250});
  const std::vector<DeploymentPath> paths{every_year(deal, 200)};
  const auto refused = [&](const ShareModel& share, const ValuationOptions& options) {
    const auto value = warrant_valuation({{&deal, paths}}, share, options);
    return value ? std::string() : to_text(value.problems());
  };
  ShareModel free = kDealShare;
  free.price = Usd();
  CHECK(refused(free, options_of(100)).find("price") != std::string::npos);
  ValuationOptions late = options_of(100);
  late.valued_on = deal.warrant->expiry.value;
  CHECK(refused(kDealShare, late).find("expires") != std::string::npos);
  CHECK(refused(kDealShare, options_of(0)).find("paths") != std::string::npos);
  CHECK_FALSE(warrant_valuation({}, kDealShare, options_of(100)).has_value());
  CHECK_FALSE(warrant_valuation({{&deal, {}}}, kDealShare, options_of(100)).has_value());
  CHECK_FALSE(
      warrant_valuation({{&deal, {DeploymentPath{}}}}, kDealShare, options_of(100)).has_value());
}

TEST_CASE("deliveries as text") {
  const auto read = read_deliveries("1GW:2027-06-30,2.5GW:2028-03-31");
  REQUIRE(read.has_value());
  CHECK(read->back().delivered / gigawatt == doctest::Approx(2.5));
  for (const char* faulty :
       {"", "1GW", "1GW:2027-13-01", "1:2027-01-01", "2GW:2027-01-01,1GW:2028-01-01",
        "1GW:2028-01-01,2GW:2027-01-01", "-1GW:2027-01-01"})
    CHECK_FALSE_MESSAGE(read_deliveries(faulty).has_value(), faulty);
}

TEST_CASE("curves reach milestones from parts, and ranks become scores") {
  const Deal deal = deal_of({1, 1});
  const DeploymentPath path = deployment_path(
      deal, {{{2027, 1, 1}, 0.5 * gigawatt}, {{2027, 7, 1}, (0.5 + 0.3 + 0.2) * gigawatt}});
  CHECK(path.reached[0] == CalendarDate{2027, 7, 1});
  CHECK_FALSE(path.reached[1].has_value());
  std::vector<DeploymentPath> paths(3, path);
  paths[1].reached[0] = CalendarDate{2026, 7, 1};
  paths[2].reached[0] = std::nullopt;
  score_paths(paths);
  CHECK(paths[1].score > paths[0].score);
  CHECK(paths[0].score == doctest::Approx(0));
  CHECK(paths[2].score == doctest::Approx(-paths[1].score));
}

TEST_CASE("investment per gigawatt by hand") {
  Deal deal;
  deal.id = "money";
  deal.discount_rate = term(0.10);
  deal.releases = {{1 * gigawatt, term(110 * usd)}, {2 * gigawatt, term(121 * usd)}};
  deal.payments = {{{kToday, TermStatus::user, "", ""}, term(7 * usd), "at once"}};
  DeploymentPath path;
  path.reached = {add_days(kToday, 365), add_days(kToday, 730)};
  DeploymentPath half = path;
  half.reached[1] = std::nullopt;
  const InvestmentValue value = investment_value(deal, {path, half}, kToday);
  REQUIRE(value.rows.size() == 3);
  CHECK(value.rows[0].value / usd == doctest::Approx(7));
  CHECK(value.rows[1].value / usd == doctest::Approx(100));
  CHECK(value.rows[2].value / usd == doctest::Approx(50));
  CHECK(value.rows[2].released == 0.5);
  CHECK(value.rows[2].date == add_days(kToday, 730));
  CHECK(value.value / usd == doctest::Approx(157));
  CHECK(value.released / usd == doctest::Approx(7 + 110 + 60.5));
  CHECK(value.released_spread.p5 == doctest::Approx(117 + 0.05 * 121));
}

TEST_CASE("a guarantee: nothing without default, all of a flat exposure at certain loss") {
  Deal deal;
  deal.discount_rate = term(0.0);
  GuaranteeTerms terms;
  terms.amount = term(100 * usd);
  terms.power = term(2.0);
  terms.years = term(10.0);
  terms.default_rate = term(0.0);
  terms.recovery = term(0.0);
  deal.guarantee = terms;
  DeploymentPath path;
  path.reached = {kToday, kToday};
  CHECK(guarantee_value(deal, {path}, kToday).expected_loss == Usd());
  // Exposure falls evenly over ten years, hazard a year l: loss = 100 (1 - (1 - e^-10l) / 10l).
  deal.guarantee->default_rate = term(1 - std::exp(-0.1));
  const GuaranteeValue value = guarantee_value(deal, {path}, kToday);
  CHECK(value.expected_loss / usd == doctest::Approx(100 * std::exp(-1.0)).epsilon(1e-3));
  CHECK(value.greatest_exposure / usd == doctest::Approx(100).epsilon(0.02));
  deal.guarantee->recovery = term(0.4);
  CHECK(guarantee_value(deal, {path}, kToday).expected_loss / usd ==
        doctest::Approx(60 * std::exp(-1.0)).epsilon(1e-3));
  path.reached[1] = std::nullopt;
  CHECK(guarantee_value(deal, {path}, kToday).greatest_exposure / usd ==
        doctest::Approx(50).epsilon(0.02));
}
