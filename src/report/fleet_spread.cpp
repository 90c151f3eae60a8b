#include "report/fleet_spread.hpp"

#include <algorithm>
#include <functional>

namespace polyfleet {
namespace {

std::optional<OutcomeSpread> spread_where(const FuturesAnswer& futures,
                                          const std::function<bool(const Outcome&)>& wanted) {
  const std::vector<Outcome>& outcomes = futures.futures.outcomes;
  if (futures.spreads.size() != outcomes.size()) return {};
  // Of several years the last is the whole: gigawatts by the end of each year.
  for (std::size_t i = outcomes.size(); i-- > 0;) {
    if (wanted(outcomes[i])) return futures.spreads[i];
  }
  return {};
}

}  // namespace

std::optional<OutcomeSpread> spread_of(const FuturesAnswer& futures, const FleetLine& line) {
  if (!line.outcome) return {};
  const FleetLine::Outcome& wanted = *line.outcome;
  std::optional<OutcomeSpread> spread = spread_where(futures, [&](const Outcome& each) {
    if (!wanted.account)
      return each.kind == OutcomeKind::gigawatts && each.program == wanted.program;
    return each.kind == OutcomeKind::account && each.account == *wanted.account && each.year == 0 &&
           each.workload == wanted.workload;
  });
  if (!spread) return {};
  for (double* value :
       {&spread->mean, &spread->p5, &spread->p25, &spread->p50, &spread->p75, &spread->p95})
    *value *= wanted.factor;
  return spread;
}

std::optional<OutcomeSpread> spread_of(const FuturesAnswer& futures, OutcomeKind kind) {
  return spread_where(futures,
                      [kind](const Outcome& each) { return each.kind == kind && each.year == 0; });
}

}  // namespace polyfleet
