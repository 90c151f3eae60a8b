#include <fmt/format.h>

#include "base/files.hpp"
#include "fleet/job_rounds.hpp"
#include "fleet/job_statistics.hpp"
#include "fleet/job_trace.hpp"
#include "validation/fleet_case_values.hpp"
#include "validation/gavel_jobs.hpp"

namespace polyfleet {
namespace {

/// Gavel's simulated cluster: 36 accelerators of each kind, one a server.
RoundQuestion gavel_cluster(RoundPolicy policy) {
  RoundQuestion question;
  question.pools = {{"v100", 36, 1, 1}, {"p100", 36, 1, 1}, {"k80", 36, 1, 1}};
  question.policy = policy;
  return question;
}

/// A hundred jobs that are all there at the beginning.
Diagnostics add_static(const std::filesystem::path& traces, const std::vector<JobKind>& kinds,
                       FleetCaseValues& values) {
  for (const int seed : {0, 1, 2}) {
    const auto path = traces / fmt::format("gavel_static_{}.csv", seed);
    const Result<std::string> text = read_file(path);
    if (!text) return text.problems();
    const Result<JobTraceFile> file = read_job_trace(*text, path.string(), kinds);
    if (!file) return file.problems();
    for (const RoundPolicy policy : {RoundPolicy::fifo_fastest, RoundPolicy::fifo_random}) {
      const JobRun run = simulate_rounds(file->trace, gavel_cluster(policy));
      const JobRunSummary summary = summarize_run(file->trace, run);
      const bool fastest = policy == RoundPolicy::fifo_fastest;
      const std::string name = fmt::format(
          "Gavel, 100 jobs, {}, seed {}: ", fastest ? "fastest pool first" : "random pool", seed);
      values[{"F3", name + "average completion"}] = summary.all.completion.mean / 3600;
      if (fastest) values[{"F3", name + "makespan"}] = summary.makespan / hour;
    }
  }
  return {};
}

/// Mean completion of jobs 4000 to 4999 over the published seeds 0 to 2, in hours.
double mean_completion(const std::vector<JobKind>& kinds, RoundPolicy policy, double per_hour,
                       bool gangs) {
  constexpr std::size_t kFirst = 4000, kEnd = 5000;
  constexpr int kJobs = 5600;  // later arrivals keep the cluster as busy as it was
  double hours = 0;
  for (std::uint32_t seed = 0; seed < 3; ++seed) {
    const JobTrace trace = gavel_poisson_jobs(kinds, seed, per_hour, gangs, kJobs);
    RoundQuestion question = gavel_cluster(policy);
    question.first_measured = kFirst;
    question.end_measured = kEnd;
    const JobRun run = simulate_rounds(trace, question);
    for (std::size_t job = kFirst; job < kEnd; ++job)
      hours += seconds_of_job_ticks(run.outcomes[job].finished - trace.jobs[job].arrival) / hour;
  }
  return hours / (3.0 * (kEnd - kFirst));
}

void add_continuous(const std::vector<JobKind>& kinds, FleetCaseValues& values) {
  const auto put = [&](std::string_view name, RoundPolicy policy, double rate, bool gangs) {
    values[{"F4", fmt::format("Gavel, {} jobs/h{}: {}", rate, gangs ? " with gangs" : "", name)}] =
        mean_completion(kinds, policy, rate, gangs);
  };
  put("first in, first out", RoundPolicy::fifo, 4, false);
  put("fastest pool first", RoundPolicy::fifo_fastest, 4, false);
  put("fastest pool first", RoundPolicy::fifo_fastest, 5.6, false);
  put("max-min fairness, aware of speed", RoundPolicy::max_min_aware, 2, false);
  put("fastest pool first", RoundPolicy::fifo_fastest, 2, true);
}

Diagnostics add_philly(const std::filesystem::path& file, FleetCaseValues& values) {
  const Result<std::string> text = read_file(file);
  if (!text) return text.problems();
  const Result<JobTraceFile> trace = read_job_trace(*text, file.string(), {});
  if (!trace) return trace.problems();
  const JobTraceSummary summary = summarize_trace(*trace);
  values[{"F12", "Philly: jobs"}] = static_cast<double>(summary.jobs);
  values[{"F12", "Philly: median gang"}] = summary.accelerators.median;
  values[{"F12", "Philly: largest gang"}] = summary.accelerators.most;
  values[{"F12", "Philly: mean gang"}] = summary.accelerators.mean;
  values[{"F12", "Philly: median time"}] = summary.seconds.median;
  return {};
}

}  // namespace

Diagnostics add_job_cases(const FleetCaseFolders& folders, FleetCaseValues& values) {
  const std::filesystem::path traces = folders.data / "jobtraces";
  const auto path = traces / "gavel_kinds.csv";
  const Result<std::string> text = read_file(path);
  if (!text) return text.problems();
  const auto kinds = read_job_kinds(*text, path.string(), {"v100", "p100", "k80"});
  if (!kinds) return kinds.problems();
  if (Diagnostics problems = add_static(traces, *kinds, values); !problems.empty()) return problems;
  add_continuous(*kinds, values);
  return add_philly(traces / "philly.csv", values);
}

}  // namespace polyfleet
