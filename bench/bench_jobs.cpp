// The job scheduler on one core: Poisson jobs on clusters of ten to ten thousand nodes at nine
// tenths of their capacity, by policy. Counter: jobs per CPU second; it should hardly fall with the
// cluster's size.
#include <benchmark/benchmark.h>

#include "fleet/job_simulation.hpp"
#include "fleet/job_synthetic.hpp"

using namespace polyfleet;

namespace {

void schedule(benchmark::State& state, JobPolicy policy) {
  const int nodes = static_cast<int>(state.range(0));
  // Log-uniform from a minute to a day: 3.3 h on average; gangs of 4.1 on average.
  constexpr double kMeanHours = 3.3, kMeanGang = 4.1, kLoad = 0.9;
  const double per_hour = kLoad * nodes * 8 / (kMeanHours * kMeanGang);
  const JobTrace trace =
      synthetic_jobs({50'000, per_hour, 1 * minute, 1 * day, {1, 8, 16}, {0.6, 0.35, 0.05}}, 3);
  JobQuestion question;
  question.pools = {{"p", nodes, 8, nodes < 16 ? nodes : 16, 0}};
  question.policy = policy;
  double jobs = 0;
  for (auto each : state) {
    const JobRun run = simulate_jobs(trace, question);
    if (run.account.sum() != run.account.total) state.SkipWithError("books do not close");
    jobs += static_cast<double>(trace.jobs.size());
  }
  state.counters["jobs/s"] = benchmark::Counter(jobs, benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(schedule, fifo, JobPolicy::fifo)->Arg(10)->Arg(1000)->Arg(10'000);
BENCHMARK_CAPTURE(schedule, backfill, JobPolicy::backfill)->Arg(10)->Arg(1000)->Arg(10'000);

}  // namespace
