#include "app/fleet_speed_figures.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_study.hpp"
#include "app/futures_run.hpp"
#include "app/job_speed_figures.hpp"
#include "fleet/fleet_run.hpp"

namespace polyfleet {
namespace {

constexpr int kRepeats = 3;
constexpr int kFutures = 1000;
constexpr unsigned kThreads = 2;  // the goal is that of two cores
constexpr const char* kFlagship = "scenarios/fleet/as_of_2026_11.toml";

/// The middle of a few runs.
template <class Run>
double median_time(const Run& run) {
  double times[kRepeats];
  for (double& each : times) each = run();
  std::sort(std::begin(times), std::end(times));
  return times[kRepeats / 2];
}

void measure_study(const FleetModel& model, std::vector<SpeedFigure>& figures) {
  double installed = 0;
  const double seconds = median_time([&] {
    const std::clock_t begun = std::clock();
    const FleetRun run = simulate_fleet(model, {}, {.with_series = true, .with_hourly = true});
    installed = 0;
    for (const GroupPeriod& group : run.periods.back()) installed += group.installed;
    return processor_seconds(begun);
  });
  figures.push_back({.key = "fleet_study_s",
                     .what = "the flagship, four years: weekly allocation, hourly energy",
                     .value = seconds,
                     .unit = "s",
                     .goal = 10,
                     .more_is_better = false});
  figures.push_back({.key = "fleet_accelerators",
                     .what = "accelerators that stand at its end",
                     .value = installed,
                     .unit = "",
                     .goal = 4e6});
}

Diagnostics measure_futures(const Workspace& workspace, const FleetDocument& document,
                            std::vector<SpeedFigure>& figures) {
  const auto begun = std::chrono::steady_clock::now();
  const Result<FuturesAnswer> answer = run_fleet_futures(workspace.data_directory(), document,
                                                         {.futures = kFutures,
                                                          .threads = kThreads,
                                                          .store = {},
                                                          .with_tornado = false,
                                                          .with_tree = false,
                                                          .with_deals = true});
  if (!answer) return answer.problems();
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
  figures.push_back({.key = "fleet_futures_s",
                     .what = "1,000 futures of it, wall time on two threads, deals valued",
                     .value = passed.count(),
                     .unit = "s",
                     .goal = 120,
                     .more_is_better = false});
  return {};
}

}  // namespace

Result<std::vector<SpeedFigure>> measure_fleet_speed(Workspace& workspace) {
  const auto path = workspace.data_directory().parent_path() / kFlagship;
  Result<FleetDocument> document = fleet_document_at(path.string(), {}, workspace);
  if (!document) return document.problems();
  FleetStudyOptions options;
  options.rates = usual_rate_folder();
  if (Diagnostics problems = fill_rates(*document, workspace, options); !problems.empty())
    return problems;
  std::vector<SpeedFigure> figures;
  measure_study(document->model, figures);
  if (Diagnostics problems = measure_futures(workspace, *document, figures); !problems.empty())
    return problems;
  const Result<std::vector<SpeedFigure>> jobs = measure_job_speed(workspace);
  if (!jobs) return jobs.problems();
  figures.insert(figures.end(), jobs->begin(), jobs->end());
  return figures;
}

}  // namespace polyfleet
