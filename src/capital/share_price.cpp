#include "capital/share_price.hpp"

#include <cmath>

#include "capital/deal_date.hpp"
#include "capital/warrant_closed_form.hpp"

namespace polyfleet {

const ShareQuote* quote_on(const ShareTerms& share, const CalendarDate& date) {
  const ShareQuote* found = nullptr;
  for (const ShareQuote& quote : share.quotes) {
    if (!is_before(date, quote.date)) found = &quote;
  }
  return found;
}

double bridge_maximum(double x0, double x1, double variance, double u) {
  const double rise = x1 - x0;
  return 0.5 * (x0 + x1 + std::sqrt(rise * rise - 2 * variance * std::log(u)));
}

Usd call_value(const ShareModel& share, Usd strike, double years) {
  const Usd forward_share = share.price * std::exp(-share.dividend_yield * years);
  const Usd forward_strike = strike * std::exp(-share.rate * years);
  if (strike <= Usd()) return forward_share;
  const double deviation = share.volatility * std::sqrt(years);
  if (deviation <= 0) return max(forward_share - forward_strike, Usd());
  const double above = std::log(forward_share / forward_strike) / deviation + deviation / 2;
  return forward_share * normal_probability(above) -
         forward_strike * normal_probability(above - deviation);
}

}  // namespace polyfleet
