#include "app/serving_speed_figures.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "app/serving_plan_run.hpp"
#include "app/serving_simulation.hpp"

namespace polyfleet {
namespace {

/// Peak memory of this process so far, which only grows.
double peak_gigabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e9;
}

/// One hour of the trace has 19,366 requests: 52 copies of each make a million at 280 a second, for
/// which these pools have some room (no request waits long). A run of fewer requests is the start
/// of the same stream: the load is the same, so the slope is that of length alone.
constexpr const char* kScaledTrace = R"(
name = "Azure conversations, 52 times"
model = "llama3.1-70b"
router = "least_loaded"

[[pool]]
name = "mi300x"
accelerator = "amd_mi300x"
engine = "vllm"
tensor = 2
formats = "fp8"
replicas = 48

[[pool]]
name = "h200"
accelerator = "nv_h200"
engine = "vllm"
tensor = 2
formats = "fp8"
replicas = 48

[[class]]
name = "chat"
ttft = "1 s"
tpot = "50 ms"

[traffic]
arrivals = "trace"
file = "AzureLLMInferenceTrace_conv.csv"
copies = 52
copy_jitter = "60 s"
)";

constexpr std::array<std::int64_t, 3> kRequests{10'000, 100'000, 1'000'000};

struct TimedRun {
  double seconds = 0, start = 0;  ///< of the simulation; from nothing to its first event
  SimulationReport report;
};

Result<TimedRun> timed_run(std::int64_t requests) {
  std::clock_t clock = std::clock();
  const auto workspace = Workspace::open();
  if (!workspace) return workspace.problems();
  Result<Value> document =
      parse_toml(fmt::format("{}requests = {}\n", kScaledTrace, requests), "bench");
  if (!document) return document.problems();
  Result<PreparedServing> prepared = prepare_serving(**workspace, *document);
  if (!prepared) return prepared.problems();
  TimedRun run;
  run.start = processor_seconds(clock);
  clock = std::clock();
  if (const auto done = simulate(*prepared); !done) return done.problems();
  run.seconds = processor_seconds(clock);
  run.report = std::move(prepared->run.report);
  if (run.report.finished != requests)
    return problem(fmt::format("{} of {} requests were finished", run.report.finished, requests));
  return run;
}

/// Of log time over log requests, the largest between neighbouring lengths: the shortest run also
/// fills the tables of iteration times, which would flatten a slope over all.
double slope_of(const std::array<TimedRun, kRequests.size()>& runs) {
  double slope = 0;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const double length = static_cast<double>(kRequests[i]) / static_cast<double>(kRequests[i - 1]);
    slope = std::max(slope, std::log(runs[i].seconds / runs[i - 1].seconds) / std::log(length));
  }
  return slope;
}

Result<std::vector<SpeedFigure>> simulation_figures() {
  std::array<TimedRun, kRequests.size()> runs;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Result<TimedRun> run = timed_run(kRequests[i]);
    if (!run) return run.problems();
    runs[i] = *std::move(run);
  }
  const TimedRun& longest = runs.back();
  return std::vector<SpeedFigure>{
      {"serving_output_tokens_per_s",
       "output tokens simulated per second: Azure's conversations 52 times, Llama 3.1 70B",
       static_cast<double>(longest.report.output_tokens) / longest.seconds, "1/s", 2.5e6, true},
      {"serving_million_requests_s", "one million of these requests on 96 replicas of two vendors",
       longest.seconds, "s", 60, false},
      {"serving_million_requests_gb", "peak memory of the process", peak_gigabytes(), "GB", 2,
       false},
      {"serving_slope", "largest slope of log time over log requests: 10 k, 100 k, 1 M",
       slope_of(runs), "", 1.1, false},
      {"serving_start_ms", "from nothing to the first event: data, engine models, trace",
       1e3 * runs.front().start, "ms", 50, false},
  };
}

/// scenarios/serving_plans/two_vendors.toml: three parts of two vendors, two engines, two formats.
Result<std::vector<SpeedFigure>> plan_figures() {
  const auto workspace = Workspace::open();
  if (!workspace) return workspace.problems();
  const std::string file =
      ((*workspace)->data_directory().parent_path() / "scenarios/serving_plans/two_vendors.toml")
          .string();
  const std::clock_t clock = std::clock();
  const Result<Value> document =
      scenario_document(file, {{"simulate", Value(std::int64_t{0}), "bench"}});
  if (!document) return document.problems();
  const Result<ServingPlanRun> run =
      run_serving_plan(**workspace, *document, [](const std::string&, double) {});
  if (!run) return run.problems();
  const double seconds = processor_seconds(clock);
  const auto configurations = static_cast<double>(run->result.counts.configurations);
  return std::vector<SpeedFigure>{
      {"serving_plan_s",
       fmt::format("a plan over {:.0f} configurations before verification", configurations),
       seconds, "s", 1, false},
      {"serving_plan_configurations", "configurations accounted for in it", configurations, "",
       10'000, true}};
}

}  // namespace

Result<std::vector<SpeedFigure>> measure_serving_speed() {
  Result<std::vector<SpeedFigure>> figures = simulation_figures();
  if (!figures) return figures;
  Result<std::vector<SpeedFigure>> plan = plan_figures();
  if (!plan) return plan;
  figures->insert(figures->end(), plan->begin(), plan->end());
  return figures;
}

}  // namespace polyfleet
