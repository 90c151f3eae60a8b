// Capital against results from elsewhere: warrants against the closed form of barrier claims, cost
// of ownership against Epoch AI's gigawatt.
#include <doctest/doctest.h>

#include <cmath>

#include "capital/cost_of_ownership_epoch.hpp"
#include "capital/deal_date.hpp"
#include "capital/deal_value.hpp"
#include "capital/warrant_closed_form.hpp"

using namespace polyfleet;

namespace {

const CalendarDate kToday{2025, 10, 6};
const CalendarDate kExpiry{2030, 10, 5};
const ShareModel kShare{204 * usd, 0.55, 0.04, 0, 1.63e9};

Deal six_tranches(Usd strike) {
  Deal deal;
  deal.id = "reference";
  WarrantTerms warrant;
  warrant.exercise_price = term(strike);
  warrant.expiry.value = kExpiry;
  for (int i = 1; i <= 6; ++i)
    warrant.tranches.push_back(
        {i * gigawatt, term(160e6 / 6), term((150 + 75 * i) * usd), term(1.0)});
  deal.warrant = warrant;
  return deal;
}

DeploymentPath every_seven_months(const Deal& deal) {
  std::vector<DeliveredPower> curve;
  for (int i = 1; i <= 6; ++i)
    curve.push_back({add_days(kToday, 400 + 213 * (i - 1)), i * gigawatt});
  return deployment_path(deal, curve);
}

BarrierClaim claim_of(const Deal& deal, const DeploymentPath& path, std::size_t tranche) {
  return {deal.warrant->exercise_price.value, deal.warrant->tranches[tranche].hurdle.value,
          years_between(kToday, *path.reached[tranche]), years_between(kToday, kExpiry)};
}

struct Distance {
  double value = 0, vests = 0;  ///< in standard errors
  double relative_error = 0;    ///< of the value's sampling
};

/// Of each tranche, Monte Carlo against the closed form.
std::vector<Distance> distances(const ShareModel& share, Usd strike, ValuationOptions options) {
  const Deal deal = six_tranches(strike);
  const DeploymentPath path = every_seven_months(deal);
  options.valued_on = kToday;
  const WarrantValuation answer = *warrant_valuation({{&deal, {path}}}, share, options);
  std::vector<Distance> all;
  for (std::size_t i = 0; i < 6; ++i) {
    const TrancheValue& found = answer.positions[0].tranches[i];
    const BarrierClaim claim = claim_of(deal, path, i);
    const double value = barrier_call_value(share, claim) / usd * found.shares;
    MESSAGE("tranche ", i + 1, ": ", found.value.mean / 1e9, " +- ", found.value.error / 1e9,
            " GUSD, closed form ", value / 1e9, "; vests ", found.vests.mean, " +- ",
            found.vests.error, ", closed form ", hurdle_probability(share, claim));
    all.push_back({(found.value.mean - value) / found.value.error,
                   (found.vests.mean - hurdle_probability(share, claim)) / found.vests.error,
                   found.value.error / found.value.mean});
  }
  return all;
}

}  // namespace

TEST_CASE("the warrant by Monte Carlo equals the closed form, whatever the steps") {
  // Seeds are fixed; 3.5 standard errors over 24 comparisons are exceeded by chance once in 90
  // runs.
  for (const int steps : {4, 52}) {
    ValuationOptions options;
    options.paths = 100000;
    options.steps_a_year = steps;
    options.seed = 11 + static_cast<std::uint64_t>(steps);
    for (const Distance& found : distances(kShare, 0.01 * usd, options)) {
      CHECK(std::abs(found.value) < 3.5);
      CHECK(std::abs(found.vests) < 3.5);
      CHECK(found.relative_error < 0.005);
    }
  }
}

TEST_CASE("also with a strike that matters, a dividend and a hurdle already passed") {
  ValuationOptions options;
  options.paths = 60000;
  ShareModel share = kShare;
  share.dividend_yield = 0.03;
  for (const Distance& found : distances(share, 150 * usd, options))
    CHECK(std::abs(found.value) < 3.5);
  share.price = 620 * usd;
  for (const Distance& found : distances(share, 0.01 * usd, options))
    CHECK(std::abs(found.value) < 3.5);
}

TEST_CASE("a deployment of several futures is the mean of closed forms") {
  const Deal deal = six_tranches(0.01 * usd);
  std::vector<DeploymentPath> paths;
  double expected = 0;
  for (int delay = 0; delay < 4; ++delay) {
    DeploymentPath path = every_seven_months(deal);
    for (auto& date : path.reached) date = add_days(*date, 90 * delay);
    for (std::size_t i = 0; i < 6; ++i) {
      if (is_before(kExpiry, *path.reached[i])) continue;
      expected += barrier_call_value(kShare, claim_of(deal, path, i)) / usd * (160e6 / 6) / 4;
    }
    paths.push_back(path);
  }
  ValuationOptions options;
  options.valued_on = kToday;
  options.paths = 60000;
  const WarrantValuation answer = *warrant_valuation({{&deal, paths}}, kShare, options);
  MESSAGE("value ", answer.value.mean / 1e9, " +- ", answer.value.error / 1e9,
          " GUSD, closed form ", expected / 1e9);
  CHECK(std::abs(answer.value.mean - expected) < 3.5 * answer.value.error);
}

TEST_CASE("daily closing prices: the barrier moved as Broadie, Glasserman and Kou say") {
  // A hurdle watched on days only is one watched always, higher by exp(0.5826 s sqrt(1/252)).
  Deal deal = six_tranches(0.01 * usd);
  const DeploymentPath path = every_seven_months(deal);
  deal.warrant->rule = HurdleRule::average;
  deal.warrant->window_days = term(1.0);
  ValuationOptions options;
  options.valued_on = kToday;
  options.paths = 30000;
  const WarrantValuation answer = *warrant_valuation({{&deal, {path}}}, kShare, options);
  for (std::size_t i = 0; i < 6; ++i) {
    BarrierClaim claim = claim_of(deal, path, i);
    claim.hurdle *= std::exp(0.5826 * kShare.volatility / std::sqrt(252.0));
    const TrancheValue& found = answer.positions[0].tranches[i];
    const double probability = hurdle_probability(kShare, claim);
    CHECK(std::abs(found.vests.mean - probability) < 3.5 * found.vests.error + 0.003);
  }
}

TEST_CASE("Epoch AI's gigawatt: 12, 8.5 and 7 billion USD a year at lives of 3, 5 and 7 years") {
  struct Published {
    double years, total;
  };
  for (const Published& row : {Published{3, 12}, Published{5, 8.5}, Published{7, 7}}) {
    const double total = yearly_cost(epoch_gigawatt(row.years * year_of_365)).total() / usd / 1e9;
    MESSAGE(row.years, " years: ", total, " against ", row.total, " billion USD");
    CHECK(std::abs(total / row.total - 1) < 0.01);
  }
  // Straight line cannot give them: it is 7.6 + 0.9 only if all of it is IT, and then 3 years cost
  // 13.6.
  OwnershipInputs line = epoch_gigawatt(5 * year_of_365);
  line.charge = CapitalCharge::straight_line;
  CHECK(std::abs(yearly_cost(line).total() / usd / 8.5e9 - 1) > 0.1);
}
