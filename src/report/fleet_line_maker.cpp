#include "report/fleet_line_maker.hpp"

#include <algorithm>
#include <numeric>

namespace polyfleet {

FleetLineMaker::FleetLineMaker(const FleetModel& model, const FleetRun& run,
                               const std::vector<FleetSlice>& slices)
    : model_(model), run_(run), slices_(slices) {
  const std::vector<LedgerRow>& rows = run.ledger.rows();
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows_[static_cast<std::size_t>(rows[i].account)].push_back(i);
}

std::vector<double> FleetLineMaker::by_period(Account account, const RowFilter& filter) const {
  std::vector<double> sums(static_cast<std::size_t>(model_.time.periods()));
  for (const std::size_t i : rows_[static_cast<std::size_t>(account)]) {
    const LedgerRow& row = run_.ledger.rows()[i];
    if (!filter || filter(row)) sums[static_cast<std::size_t>(row.period)] += row.amount;
  }
  return sums;
}

FleetLine FleetLineMaker::sum(Account account, double factor, const RowFilter& filter) const {
  FleetLine line;
  line.from = info(account).name;
  if (!filter) line.outcome = {.account = account, .program = {}, .factor = factor};
  const std::vector<double> periods = by_period(account, filter);
  for (const FleetSlice& slice : slices_)
    line.values.push_back(
        factor * std::accumulate(periods.begin() + slice.first, periods.begin() + slice.end, 0.0));
  line.total = factor * std::accumulate(periods.begin(), periods.end(), 0.0);
  return line;
}

FleetLine FleetLineMaker::mean(Account account, double factor, const RowFilter& filter) const {
  FleetLine line = sum(account, factor, filter);
  line.kind = LineKind::mean;
  const double all = model_.time.hours() * (hour / second);
  if (line.outcome) line.outcome->factor /= all;
  for (std::size_t i = 0; i < slices_.size(); ++i)
    line.values[i] /= length_of(model_.time, slices_[i]) / second;
  line.total /= all;
  return line;
}

FleetLine FleetLineMaker::end(Account account, double factor, const RowFilter& filter) const {
  FleetLine line;
  line.kind = LineKind::end;
  line.from = info(account).name;
  const std::vector<double> periods = by_period(account, filter);
  for (const FleetSlice& slice : slices_)
    line.values.push_back(factor * periods[static_cast<std::size_t>(slice.end) - 1] /
                          (model_.time.length(slice.end - 1) / second));
  line.total = line.values.empty() ? 0 : line.values.back();
  return line;
}

FleetLine FleetLineMaker::highest(const std::vector<double>& by_period) const {
  FleetLine line;
  line.kind = LineKind::highest;
  for (const FleetSlice& slice : slices_)
    line.values.push_back(
        *std::max_element(by_period.begin() + slice.first, by_period.begin() + slice.end));
  line.total = by_period.empty() ? 0 : *std::max_element(by_period.begin(), by_period.end());
  return line;
}

FleetLine FleetLineMaker::ratio(const FleetLine& numerator, const FleetLine& denominator,
                                double factor) const {
  const auto over = [factor](double a, double b) { return b == 0 ? 0 : factor * a / b; };
  FleetLine line;
  line.kind = LineKind::ratio;
  for (std::size_t i = 0; i < slices_.size(); ++i)
    line.values.push_back(over(numerator.values[i], denominator.values[i]));
  line.total = over(numerator.total, denominator.total);
  line.from = numerator.from + " over " + denominator.from;
  return line;
}

FleetLine named(FleetLine line, std::string group, std::string key, std::string name,
                std::string unit) {
  line.key = group + "." + key;
  line.group = std::move(group);
  line.name = std::move(name);
  line.unit = std::move(unit);
  return line;
}

std::string key_of(std::string_view text) {
  std::string key;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain)
      key += c;
    else if (!key.empty() && key.back() != '_')
      key += '_';
  }
  return key;
}

FleetLine plus(FleetLine one, const FleetLine& other) {
  for (std::size_t i = 0; i < one.values.size(); ++i) one.values[i] += other.values[i];
  one.total += other.total;
  one.outcome.reset();
  one.from += " + " + other.from;
  return one;
}

}  // namespace polyfleet
