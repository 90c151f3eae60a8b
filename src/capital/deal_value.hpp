// What warrants on one share are worth: Monte Carlo over share price and deployment together. A
// tranche vests when its gigawatts are delivered, its price hurdle is met by the deal's rule and
// its further conditions hold, all before expiry; its worth is that of the call in hand at the end
// of the step in which it vests (for an exercise price of a cent: the share), discounted. Prices
// are risk-neutral (capital/share_price.hpp), deliveries carry no risk premium; with a correlation
// the price takes in how early a path is by its first delivery to come. Brownian bridges catch
// hurdles between steps; antithetic pairs, evenly spread ends and the share on the days of
// delivery as control variate narrow the error. Same result on any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "capital/deal.hpp"
#include "capital/deal_deployment.hpp"
#include "capital/share_price.hpp"

namespace polyfleet {

/// One warrant and the futures of its deliveries; all positions of a valuation share the prices.
struct WarrantPosition {
  const Deal* deal = nullptr;               ///< has a warrant
  std::vector<DeploymentPath> deployments;  ///< equally likely; path n uses n modulo their number
};

struct ValuationOptions {
  CalendarDate valued_on;
  std::int64_t paths = 20000;  ///< rounded up to whole pairs of every deployment
  int steps_a_year = 52;       ///< of the price; the rule `average` always takes trading days
  std::uint64_t seed = 1;
  unsigned threads = 1;  ///< 0 = as many as the machine has
  /// Called from the first thread with the share that is done.
  std::function<void(double)> progress = {};
  const std::atomic<bool>* stop = nullptr;  ///< set: no value, a mean over some paths being biased
};

/// A mean over paths with its standard error, computed as if the paths were independent: since
/// their ends are spread evenly the true one is smaller.
struct Sampled {
  double mean = 0;
  double error = 0;
};

struct TrancheValue {
  Watts delivered;
  double shares = 0;
  Usd hurdle;
  Sampled vests;                          ///< probability, risk-neutral
  Sampled delivered_in_time;              ///< probability that the gigawatts come before expiry
  Sampled value;                          ///< USD of today, to the holder
  std::optional<CalendarDate> vest_date;  ///< mean over paths in which it vests
};

/// Percentiles of one quantity over paths.
struct Percentiles {
  double p5 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
};
/// Precondition: not empty.
Percentiles percentiles_of(std::vector<double> values);

/// How many values fall into bins of equal width from `begin`; the last takes all above.
struct ValueBins {
  double begin = 0, width = 0;
  std::vector<std::int64_t> counts;
};

struct WarrantValue {
  /// Days of a step of `vested_by`: a quarter of a year.
  static constexpr int kVestingDays = 91;

  std::string deal;
  std::vector<TrancheValue> tranches;
  Sampled value;             ///< USD of today, to the holder
  Percentiles value_spread;  ///< of the same, by path
  Sampled shares;            ///< that vest
  Percentiles shares_spread;
  ValueBins value_bins;           ///< of the value by path, up to its 99th percentile
  double nothing_vests = 0;       ///< share of the paths
  std::vector<double> vested_by;  ///< [i]: mean shares vested i + 1 steps after the valuation
  Usd per_gigawatt;               ///< value over the power of the last tranche
  Usd exercise_cash;              ///< paid by the holder in the mean, undiscounted
  /// Value if the quoted price foresees no dilution: N / (N + shares vested) of it (Galai and
  /// Schneller 1978), over all positions together.
  Sampled value_if_unforeseen;
};

struct WarrantValuation {
  std::vector<WarrantValue> positions;
  Sampled value;                      ///< of all positions: what the issuer's holders give away
  Sampled shares;                     ///< that vest in all positions
  Usd per_share_outstanding;          ///< value over the shares outstanding
  double of_market_value = 0;         ///< value over price times shares outstanding
  double dilution = 0;                ///< mean of vested / (outstanding + vested)
  double greatest_dilution = 0;       ///< if every tranche vests
  std::int64_t paths = 0, steps = 0;  ///< simulated
};

/// Errors: valuation at or after an expiry, a deployment that does not fit its deal, no path, price
/// or volatility not above zero, more than 4e6 paths; a stop.
Result<WarrantValuation> warrant_valuation(const std::vector<WarrantPosition>& positions,
                                           const ShareModel& share,
                                           const ValuationOptions& options);

/// Money from vendor to buyer over the deployments of one deal.
struct InvestmentValue {
  struct Row {
    Watts delivered;
    Usd amount;
    double released = 0;               ///< share of the futures in which it is
    std::optional<CalendarDate> date;  ///< mean of those
    Usd value;                         ///< discounted, mean over all futures
  };
  std::vector<Row> rows;
  Usd released, value;          ///< mean over futures; value discounted to the valuation date
  Percentiles released_spread;  ///< USD
};
/// Releases per gigawatt and dated payments; those before the valuation date count at their amount.
InvestmentValue investment_value(const Deal& deal, const std::vector<DeploymentPath>& deployments,
                                 const CalendarDate& valued_on);

/// The worth of a guarantee to the buyer, which is its cost to the vendor.
struct GuaranteeValue {
  Usd expected_loss;      ///< discounted
  Usd greatest_exposure;  ///< mean over futures of the highest exposure
};
/// Precondition: the deal has a guarantee.
GuaranteeValue guarantee_value(const Deal& deal, const std::vector<DeploymentPath>& deployments,
                               const CalendarDate& valued_on);

}  // namespace polyfleet
