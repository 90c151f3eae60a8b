// A warrant tranche by formula: an up-and-in call whose hurdle is watched from the day of delivery
// to expiry. Reflection principle under the share measure and the risk-neutral one (Heynen and Kat
// 1994, "Partial barrier options"), bivariate normal probabilities after Genz (2004). Exact for
// geometric Brownian motion and continuous watching; the Monte Carlo valuation
// (capital/deal_value.hpp) is held against it.
#pragma once

#include "capital/share_price.hpp"

namespace polyfleet {

/// P(X < x, Y < y) of standard normal X, Y with this correlation (|r| <= 1); absolute error below
/// 1e-14.
double bivariate_normal(double x, double y, double correlation);
/// P(Z < x).
double normal_probability(double x);

/// One tranche on the day of valuation. Times in years of 365 days; delivery <= expiry.
struct BarrierClaim {
  Usd strike, hurdle;
  double delivery = 0;  ///< the hurdle is watched from here (negative counts as 0)
  double expiry = 0;
};

/// Per share, of a call that is alive at expiry only if the price was at or above the hurdle at
/// some moment between delivery and expiry.
Usd barrier_call_value(const ShareModel& share, const BarrierClaim& claim);
/// Risk-neutral probability that the hurdle is met in [delivery, expiry].
double hurdle_probability(const ShareModel& share, const BarrierClaim& claim);

}  // namespace polyfleet
