#include "capital/cash_flow.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

void sort_by_date(std::vector<CashFlow>& flows) {
  std::stable_sort(flows.begin(), flows.end(),
                   [](const CashFlow& a, const CashFlow& b) { return is_before(a.date, b.date); });
}

int sign_changes(const std::vector<CashFlow>& flows) {
  int changes = 0;
  double last = 0;
  for (const CashFlow& flow : flows) {
    const double amount = flow.amount / usd;
    if (amount == 0) continue;
    changes += last * amount < 0 ? 1 : 0;
    last = amount;
  }
  return changes;
}

/// Flows of one day are one flow: their order within the day must not matter.
std::vector<CashFlow> by_day(std::vector<CashFlow> flows) {
  sort_by_date(flows);
  std::vector<CashFlow> days;
  for (const CashFlow& flow : flows) {
    if (!days.empty() && days.back().date == flow.date) {
      days.back().amount += flow.amount;
    } else {
      days.push_back({flow.date, flow.amount});
    }
  }
  return days;
}

}  // namespace

Usd net_present_value(const std::vector<CashFlow>& flows, double rate, const CalendarDate& on) {
  Usd sum;
  for (const CashFlow& flow : flows)
    sum += flow.amount * std::pow(1 + rate, -years_between(on, flow.date));
  return sum;
}

std::optional<double> internal_rate(std::vector<CashFlow> flows) {
  flows = by_day(std::move(flows));
  if (sign_changes(flows) != 1) return std::nullopt;
  const CalendarDate first = flows.front().date;
  // One sign change: the worth falls or rises through zero once in log(1 + rate).
  double low = std::log(1e-6), high = std::log(1e6);
  const auto worth = [&](double x) { return net_present_value(flows, std::expm1(x), first) / usd; };
  const bool positive_at_low = worth(low) > 0;
  if (positive_at_low == (worth(high) > 0)) return std::nullopt;
  for (int halving = 0; halving < 200 && high - low > 0; ++halving) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    ((worth(middle) > 0) == positive_at_low ? low : high) = middle;
  }
  return std::expm1(low + (high - low) / 2);
}

std::optional<CalendarDate> payback(std::vector<CashFlow> flows, double rate) {
  flows = by_day(std::move(flows));
  if (flows.empty()) return std::nullopt;
  const CalendarDate first = flows.front().date;
  std::optional<CalendarDate> since;
  Usd sum;
  for (const CashFlow& flow : flows) {
    sum += net_present_value({flow}, rate, first);
    if (sum < Usd()) {
      since.reset();
    } else if (!since) {
      since = flow.date;
    }
  }
  return since;
}

}  // namespace polyfleet
