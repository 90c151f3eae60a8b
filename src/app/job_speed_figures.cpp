#include "app/job_speed_figures.hpp"

#include <fmt/format.h>

#include <ctime>

#include "base/files.hpp"
#include "fleet/job_simulation.hpp"
#include "fleet/job_trace.hpp"

namespace polyfleet {
namespace {

/// The public goal of issue and docs: jobs a second through the scheduler.
constexpr double kGoal = 100'000;

/// 512 accelerators for a mean demand of 374, with failures: queues build up and jobs restart.
JobQuestion busy_cluster(JobPolicy policy) {
  JobQuestion question;
  constexpr int kNodes = 66, kSpares = 2, kPerNode = 8;
  question.pools = {{"cluster", kNodes, kPerNode, kNodes, kSpares}};
  question.policy = policy;
  question.failures = {{job_ticks(300 * day), job_ticks(1 * day), 0, 1, 0}};
  question.checkpoints = {job_ticks(1 * hour), job_ticks(30 * second), job_ticks(5 * minute)};
  return question;
}

}  // namespace

Result<std::vector<SpeedFigure>> measure_job_speed(Workspace& workspace) {
  const auto text = read_file(workspace.data_directory() / "jobtraces" / "philly.csv");
  if (!text) return text.problems();
  const std::clock_t before = std::clock();
  const auto file = read_job_trace(*text, "philly.csv", {});
  if (!file) return file.problems();
  const auto since = [](std::clock_t begin) {
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  };
  constexpr double kReadGoal = 10;  // MB/s: a month of a large cluster in a second
  std::vector<SpeedFigure> figures;
  figures.push_back({"job_trace_mb_per_s", "job trace read",
                     static_cast<double>(text->size()) / 1e6 / since(before), "MB/s", kReadGoal});
  for (const JobPolicy policy :
       {JobPolicy::fifo, JobPolicy::shortest_first, JobPolicy::backfill, JobPolicy::priority}) {
    const JobQuestion question = busy_cluster(policy);
    const std::clock_t begin = std::clock();
    const JobRun run = simulate_jobs(file->trace, question);
    const double seconds = since(begin);
    if (run.account.sum() != run.account.total)
      return problem("accelerator-time of the Philly trace does not add up");
    figures.push_back(
        {fmt::format("jobs_per_s_{}", name_of(policy)),
         fmt::format("Philly trace through {}, 528 accelerators that fail", name_of(policy)),
         static_cast<double>(file->trace.jobs.size()) / seconds, "jobs/s", kGoal});
  }
  return figures;
}

}  // namespace polyfleet
