#include "capital/annuity.hpp"

#include <cmath>

#include "base/check.hpp"

namespace polyfleet {

double annuity_value(double rate, double years) {
  POLYFLEET_CHECK(years > 0 && rate > -1, "an annuity without a life");
  if (rate == 0) return years;
  return -std::expm1(-years * std::log1p(rate)) / rate;
}

double capital_recovery(double rate, double years) { return 1 / annuity_value(rate, years); }

}  // namespace polyfleet
