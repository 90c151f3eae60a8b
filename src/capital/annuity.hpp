// The yearly amount that pays back capital with interest over a life (capital recovery factor), and
// straight-line depreciation as the other convention.
#pragma once

#include "capital/deal_date.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// Share of the capital to be paid at the end of each of `years` years at a yearly rate:
/// r / (1 - (1+r)^-years); 1 / years without interest. Precondition: years > 0, rate > -1.
/// Exact case: one year at 7 % pays back 1.07.
double capital_recovery(double rate, double years);
/// Worth today of 1 a year at the ends of `years` years: the inverse.
double annuity_value(double rate, double years);

}  // namespace polyfleet
