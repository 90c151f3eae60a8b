// A share's price: dated quotes, and geometric Brownian motion (Black and Scholes 1973, Merton
// 1973) for what comes after: log returns normal, volatility constant, drift of the risk-neutral
// measure (rate minus dividend yield). Wrong about jumps, changing volatility and fat tails: a
// share that moves by a fifth on one day of results does all three; hurdles far above the price are
// reached more often, those near it less often than here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capital/deal_term.hpp"

namespace polyfleet {

struct ShareQuote {
  CalendarDate date;
  Term<Usd> price;
};

/// A listed company as data/deals/shares states it.
struct ShareTerms {
  std::string id, name;
  std::vector<ShareQuote> quotes;  ///< oldest first
  Term<double> volatility;         ///< of log returns, a year
  Term<double> rate;               ///< riskless, continuously compounded, a year
  Term<double> dividend_yield;     ///< continuously compounded, a year
  Term<double> outstanding;        ///< shares before any warrant is exercised
};

/// The last quote on or before the date, or null pointer.
const ShareQuote* quote_on(const ShareTerms& share, const CalendarDate& date);

/// What a valuation needs of a share, on the day of the valuation.
struct ShareModel {
  Usd price;
  double volatility = 0;
  double rate = 0;
  double dividend_yield = 0;
  double outstanding = 0;
};

/// A price that bridges two others: the highest value of a Brownian motion between x0 and x1 whose
/// variance over the step is `variance`, at the quantile 1-u of its law, u in (0, 1]: exact, so
/// that a hurdle is not missed between steps (Glasserman 2003, section 6.4).
double bridge_maximum(double x0, double x1, double variance, double u);

/// Black and Scholes: what a call with this strike and years to run is worth per share.
/// Exact case: strike 0 is price * exp(-dividend_yield * years).
Usd call_value(const ShareModel& share, Usd strike, double years);

}  // namespace polyfleet
