// Dated money: net present value, internal rate of return and payback. Days over 365, discounted
// once a year (the rule of XNPV and XIRR in spreadsheets). The internal rate is the only root where
// the flows change sign once; where they do so more often there may be several, and none is given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capital/deal_date.hpp"

namespace polyfleet {

/// Received positive, spent negative.
struct CashFlow {
  CalendarDate date;
  Usd amount;
  std::string what = {};
};

/// Worth on a day at a yearly rate (above -1).
Usd net_present_value(const std::vector<CashFlow>& flows, double rate, const CalendarDate& on);
/// The rate at which the flows are worth nothing, between -0.999999 and 1e6; nothing where they do
/// not change sign exactly once in order of dates, or no root lies there.
std::optional<double> internal_rate(std::vector<CashFlow> flows);
/// The first day from which on the running sum (discounted at `rate`; 0 = plain) stays at or above
/// zero; nothing where it ends below.
std::optional<CalendarDate> payback(std::vector<CashFlow> flows, double rate = 0);

}  // namespace polyfleet
