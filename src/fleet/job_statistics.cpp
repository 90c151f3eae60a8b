#include "fleet/job_statistics.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "fleet/job_simulation.hpp"
#include "sim/running_statistics.hpp"

namespace polyfleet {
namespace {

constexpr double kSeconds = 1 / kJobTicksPerSecond;

/// Working time on the fastest pool.
double least_seconds(const JobTrace& trace, const Job& job) {
  if (job.kind < 0) return static_cast<double>(working_time(job.work, 1)) * kSeconds;
  const auto& rates = trace.kinds[static_cast<std::size_t>(job.kind)].rate;
  const double fastest = *std::max_element(rates.begin(), rates.end());
  return fastest > 0 ? job.work / fastest : 0;
}

/// Collects one size class; turns into its figures at the end.
struct Collected {
  JobSizeClass figures;
  std::vector<double> waits, completions;
  double slowdowns = 0;

  void add(const JobTrace& trace, const Job& job, const JobOutcome& outcome) {
    ++figures.jobs;
    figures.interruptions += outcome.interruptions;
    figures.preemptions += outcome.preemptions;
    figures.accelerator_seconds +=
        static_cast<double>(outcome.running) * kSeconds * job.accelerators;
    if (outcome.started >= 0)
      waits.push_back(static_cast<double>(outcome.started - job.arrival) * kSeconds);
    if (outcome.end != JobEnd::finished) return;
    ++figures.finished;
    const double completion = static_cast<double>(outcome.finished - job.arrival) * kSeconds;
    completions.push_back(completion);
    const double least = least_seconds(trace, job);
    slowdowns += least > 0 ? completion / least : 1;
  }

  JobSizeClass finish() {
    figures.wait = spread_of(std::move(waits));
    figures.completion = spread_of(std::move(completions));
    if (figures.finished > 0) figures.slowdown = slowdowns / static_cast<double>(figures.finished);
    return figures;
  }
};

}  // namespace

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  constexpr double kTail = 0.95;
  return {sum / static_cast<double>(values.size()), quantile(values, 0.5), quantile(values, kTail),
          values.back()};
}

JobTraceSummary summarize_trace(const JobTraceFile& file) {
  const JobTrace& trace = file.trace;
  JobTraceSummary summary;
  summary.jobs = static_cast<std::int64_t>(trace.jobs.size());
  std::vector<double> seconds, gangs, waits;
  std::array<double, 4> jobs_in{}, time_in{};
  for (std::size_t i = 0; i < trace.jobs.size(); ++i) {
    const Job& job = trace.jobs[i];
    seconds.push_back(least_seconds(trace, job));
    gangs.push_back(job.accelerators);
    const double time = seconds.back() * job.accelerators;
    summary.accelerator_seconds += time;
    if (!file.waits.empty()) waits.push_back(file.waits[i] / second);
    if (file.states.empty()) continue;
    jobs_in[static_cast<std::size_t>(file.states[i])] += 1;
    time_in[static_cast<std::size_t>(file.states[i])] += time;
  }
  summary.seconds = spread_of(std::move(seconds));
  summary.accelerators = spread_of(std::move(gangs));
  if (!trace.jobs.empty()) {
    const JobTick span = trace.jobs.back().arrival - trace.jobs.front().arrival;
    summary.span = seconds_of_job_ticks(span);
    if (span > 0) summary.mean_busy = summary.accelerator_seconds / (summary.span / second);
  }
  if (!waits.empty()) {
    const Spread of_waits = spread_of(std::move(waits));
    summary.wait_seconds = {of_waits.mean, of_waits.median};
  }
  if (!file.states.empty()) {
    for (std::size_t state = 0; state < 3; ++state) {
      summary.state_jobs.push_back(jobs_in[state] / static_cast<double>(summary.jobs));
      summary.state_time.push_back(time_in[state] / summary.accelerator_seconds);
    }
  }
  return summary;
}

JobRunSummary summarize_run(const JobTrace& trace, const JobRun& run) {
  JobRunSummary summary;
  Collected all;
  std::vector<Collected> classes;
  JobTick last = run.begin;
  for (std::size_t i = 0; i < trace.jobs.size(); ++i) {
    const Job& job = trace.jobs[i];
    std::size_t at = 0;
    for (std::int64_t most = 1; most < job.accelerators; most *= 2) ++at;
    while (classes.size() <= at) {
      const int power = static_cast<int>(classes.size());
      Collected fresh;
      fresh.figures.most = 1 << std::min(power, 30);
      fresh.figures.least = power == 0 ? 1 : fresh.figures.most / 2 + 1;
      classes.push_back(std::move(fresh));
    }
    classes[at].add(trace, job, run.outcomes[i]);
    all.add(trace, job, run.outcomes[i]);
    last = std::max(last, run.outcomes[i].finished);
  }
  for (Collected& each : classes) {
    if (each.figures.jobs > 0) summary.classes.push_back(each.finish());
  }
  if (!trace.jobs.empty()) all.figures.most = summary.classes.back().most;
  summary.all = all.finish();
  summary.makespan = seconds_of_job_ticks(last - run.begin);
  const JobAccount& account = run.account;
  if (account.total > 0) {
    const auto total = static_cast<double>(account.total);
    const JobTick busy = account.useful + account.lost + account.overhead;
    summary.utilization = static_cast<double>(busy) / total;
    summary.goodput = static_cast<double>(account.useful) / total;
    summary.availability = static_cast<double>(busy + account.idle + account.spare) / total;
  }
  return summary;
}

}  // namespace polyfleet
