#include "serving/cluster_statistics.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

Picos time_per_token(const RequestOutcome& outcome) {
  const std::int64_t after_first = outcome.request.output_tokens - 1;
  return (outcome.last_token - outcome.first_token + after_first / 2) / after_first;
}

/// Counts an outcome in a total or a class: both have these fields.
template <class Report>
void count_end(const RequestOutcome& outcome, Report& report) {
  report.finished += outcome.end == RequestOutcome::End::finished;
  report.refused += outcome.end == RequestOutcome::End::refused;
  report.cancelled += outcome.end == RequestOutcome::End::cancelled;
}

}  // namespace

ClusterStatistics::ClusterStatistics(const std::vector<SloClass>& classes, Picos warm_up)
    : objectives_(classes.empty() ? std::vector<SloClass>{SloClass{}} : classes),
      warm_up_(warm_up),
      by_class_(objectives_.size()) {
  for (const SloClass& each : objectives_) {
    report_.classes.emplace_back();
    report_.classes.back().name = each.name;
  }
}

void ClusterStatistics::arrived(const ServingRequest& request) {
  ++report_.arrived;
  first_arrival_ = std::min(first_arrival_, request.arrival);
  if (request.arrival < warm_up_) return;
  ++report_.counted;
  first_counted_ = std::min(first_counted_, request.arrival);
  ++report_.classes[static_cast<std::size_t>(request.slo_class)].requests;
}

void ClusterStatistics::ended(const RequestOutcome& outcome) {
  count_end(outcome, report_);
  report_.preemptions += outcome.preemptions;
  report_.restarted += outcome.restarts;
  const bool finished = outcome.end == RequestOutcome::End::finished;
  if (finished) last_end_ = std::max(last_end_, outcome.last_token);
  if (outcome.request.arrival < warm_up_) return;
  const auto place = static_cast<std::size_t>(outcome.request.slo_class);
  ClassReport& report = report_.classes[place];
  count_end(outcome, report);
  if (!finished) return;
  last_counted_ = std::max(last_counted_, outcome.last_token);
  report_.input_tokens += outcome.request.input_tokens;
  report_.output_tokens += outcome.request.output_tokens;
  all_.add(outcome);
  by_class_[place].add(outcome);
  count_objectives(outcome, report);
}

void ClusterStatistics::Latencies::add(const RequestOutcome& outcome) {
  const Picos arrival = outcome.request.arrival;
  ttft.add(outcome.first_token - arrival);
  end_to_end.add(outcome.last_token - arrival);
  queueing.add(outcome.started - arrival);
  if (outcome.request.output_tokens > 1) tpot.add(time_per_token(outcome));
}

void ClusterStatistics::count_objectives(const RequestOutcome& outcome, ClassReport& report) const {
  const SloClass& objectives = objectives_[static_cast<std::size_t>(outcome.request.slo_class)];
  const Picos arrival = outcome.request.arrival;
  const bool first = outcome.first_token - arrival <= objectives.first_token;
  const bool each =
      outcome.request.output_tokens <= 1 || time_per_token(outcome) <= objectives.per_output_token;
  const bool whole = outcome.last_token - arrival <= objectives.end_to_end;
  report.met_first_token += first;
  report.met_per_token += each;
  report.met_end_to_end += whole;
  report.met_all += first && each && whole;
}

SimulationReport ClusterStatistics::report() const {
  SimulationReport report = report_;
  report.lost = report.arrived - report.finished - report.refused - report.cancelled;
  report.duration = std::max<Picos>(0, last_end_ - first_arrival());
  if (first_counted_ != kNever)
    report.counted_duration = std::max<Picos>(0, last_counted_ - first_counted_);
  const auto fill = [](const Latencies& latencies, auto& into) {
    into.ttft = latencies.ttft.summary();
    into.tpot = latencies.tpot.summary();
    into.end_to_end = latencies.end_to_end.summary();
    into.queueing = latencies.queueing.summary();
  };
  fill(all_, report);
  for (std::size_t place = 0; place < by_class_.size(); ++place)
    fill(by_class_[place], report.classes[place]);
  return report;
}

}  // namespace polyfleet
