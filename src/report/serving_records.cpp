#include "report/serving_records.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

/// The first span: short enough for runs of a few minutes.
constexpr Seconds kFirstSpan = 1 * second;

void add(RequestSpan& into, const RequestSpan& part) {
  into.arrived += part.arrived;
  into.finished += part.finished;
  into.refused += part.refused;
  into.cancelled += part.cancelled;
  into.met += part.met;
  into.first += part.first;
  into.first_token_sum += part.first_token_sum;
  into.first_token_most = std::max(into.first_token_most, part.first_token_most);
}

Picos time_per_token(const RequestOutcome& outcome) {
  const std::int64_t after_first = outcome.request.output_tokens - 1;
  return (outcome.last_token - outcome.first_token + after_first / 2) / after_first;
}

void add(LatencySet& into, const RequestOutcome& outcome) {
  const Picos arrival = outcome.request.arrival;
  const auto histogram = [&](LatencyKind kind) -> LatencyHistogram& {
    return into[static_cast<std::size_t>(kind)];
  };
  histogram(LatencyKind::first_token).add(outcome.first_token - arrival);
  histogram(LatencyKind::end_to_end).add(outcome.last_token - arrival);
  histogram(LatencyKind::queueing).add(outcome.started - arrival);
  if (outcome.request.output_tokens > 1)
    histogram(LatencyKind::per_token).add(time_per_token(outcome));
}

}  // namespace

std::string_view name_of(LatencyKind kind) {
  switch (kind) {
    case LatencyKind::first_token:
      return "time to first token";
    case LatencyKind::per_token:
      return "time per output token";
    case LatencyKind::end_to_end:
      return "end to end";
    case LatencyKind::queueing:
      return "queueing";
  }
  return "";
}

ServingRecords::ServingRecords(const ServingCluster& cluster, Picos warm_up)
    : classes_(cluster.classes),
      warm_up_(warm_up),
      pools_(cluster.pools.size()),
      span_(picos_of(kFirstSpan)) {
  for (const ServingPool& pool : cluster.pools) vendors_.push_back(pool.vendor);
}

void ServingRecords::add(const RequestOutcome& outcome) {
  using End = RequestOutcome::End;
  const Picos arrival = outcome.request.arrival;
  ++at(arrival).arrived;
  if (outcome.end != End::finished) {
    // When a user gave up is not told: it counts where the request came.
    RequestSpan& span = at(arrival);
    (outcome.end == End::refused ? span.refused : span.cancelled) += 1;
    return;
  }
  RequestSpan& last = at(outcome.last_token);
  ++last.finished;
  last.met += met(outcome);
  RequestSpan& first = at(outcome.first_token);
  const double waited = seconds_of_picos(outcome.first_token - arrival) / second;
  ++first.first;
  first.first_token_sum += waited;
  first.first_token_most = std::max(first.first_token_most, waited);
  if (arrival < warm_up_) return;
  polyfleet::add(all_, outcome);
  if (outcome.pool >= 0) polyfleet::add(pools_[static_cast<std::size_t>(outcome.pool)], outcome);
}

LatencySet ServingRecords::of_vendor(const std::string& vendor) const {
  LatencySet sum;
  for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
    if (vendors_[pool] != vendor) continue;
    for (std::size_t kind = 0; kind < sum.size(); ++kind) sum[kind].add(pools_[pool][kind]);
  }
  return sum;
}

/// The span of this time; spans double, two becoming one, until there are few enough.
RequestSpan& ServingRecords::at(Picos when) {
  constexpr auto kMost = static_cast<std::int64_t>(kMostSpans);
  spans_[when / span_];
  while (spans_.rbegin()->first - spans_.begin()->first >= kMost) {
    span_ *= 2;
    std::map<std::int64_t, RequestSpan> longer;
    for (const auto& [place, span] : spans_) polyfleet::add(longer[place / 2], span);
    spans_ = std::move(longer);
  }
  return spans_[when / span_];
}

bool ServingRecords::met(const RequestOutcome& outcome) const {
  const auto place = static_cast<std::size_t>(outcome.request.slo_class);
  if (place >= classes_.size()) return true;
  const SloClass& bounds = classes_[place];
  const Picos arrival = outcome.request.arrival;
  return outcome.first_token - arrival <= bounds.first_token &&
         outcome.last_token - arrival <= bounds.end_to_end &&
         (outcome.request.output_tokens <= 1 || time_per_token(outcome) <= bounds.per_output_token);
}

}  // namespace polyfleet
