// Jobs over time (declared in view/job_page.hpp).
#include <fmt/format.h>

#include <algorithm>

#include "view/fleet_series.hpp"
#include "view/job_page.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kTimeSteps = 400;
constexpr double kSecondsADay = 86400;

/// Means over equal steps of time of what stands during spans.
class StepMeans {
 public:
  StepMeans(double begin, double end)
      : begin_(begin),
        width_(std::max(1e-9, (end - begin) / kTimeSteps)),
        sums_(kTimeSteps),
        steps_(kTimeSteps + 1) {}
  void add(double from, double to, double amount) {
    from = std::clamp((from - begin_) / width_, 0.0, double(kTimeSteps));
    to = std::clamp((to - begin_) / width_, 0.0, double(kTimeSteps));
    if (!(to > from)) return;
    const auto first = std::min(static_cast<std::size_t>(from), kTimeSteps - 1);
    const auto last = std::min(static_cast<std::size_t>(to), kTimeSteps - 1);
    if (first == last) {
      sums_[first] += amount * (to - from);
      return;
    }
    sums_[first] += amount * (static_cast<double>(first + 1) - from);
    sums_[last] += amount * (to - static_cast<double>(last));
    steps_[first + 1] += amount;
    steps_[last] -= amount;
  }
  std::vector<double> means() const {
    std::vector<double> values = sums_;
    double standing = 0;
    for (std::size_t i = 0; i < kTimeSteps; ++i) {
      standing += steps_[i];
      values[i] = std::max(0.0, values[i] + standing);
    }
    return rounded(std::move(values));
  }
  std::vector<double> days() const {
    std::vector<double> days;
    for (std::size_t i = 0; i < kTimeSteps; ++i)
      days.push_back(rounded(width_ * static_cast<double>(i) / kSecondsADay));
    return days;
  }

 private:
  double begin_, width_;
  std::vector<double> sums_, steps_;
};

LineChart area_of(const std::string& x, std::vector<std::string> values) {
  LineChart chart;
  chart.x = x;
  chart.values = std::move(values);
  chart.stacked_area = true;
  chart.steps = true;
  return chart;
}

}  // namespace

FigureSection job_time_section(const JobAnswer& answer) {
  const double begin = job_seconds(answer.run.begin), end = job_seconds(answer.run.end);
  FigureSection section{"Over time", {}};
  if (!(end > begin)) return section;
  StepMeans waiting(begin, end), wanted(begin, end), busy(begin, end);
  for (std::size_t i = 0; i < answer.run.outcomes.size(); ++i) {
    const JobOutcome& outcome = answer.run.outcomes[i];
    const Job& job = answer.file.trace.jobs[i];
    if (outcome.end == JobEnd::refused) continue;
    const double arrived = job_seconds(job.arrival);
    const double started = outcome.started < 0 ? end : job_seconds(outcome.started);
    const double finished = outcome.finished < 0 ? end : job_seconds(outcome.finished);
    waiting.add(arrived, started, 1);
    wanted.add(arrived, started, job.accelerators);
    if (outcome.started >= 0) busy.add(started, finished, job.accelerators);
  }
  double all = 0;
  for (const JobPool& pool : answer.pools) all += static_cast<double>(pool.accelerators());
  const std::string note = fmt::format(
      "Means over {} equal steps of time; a job counts from its first start to its end, also while "
      "it is stopped in between.",
      kTimeSteps);
  PageFigure use;
  use.id = "use";
  use.title = "Accelerators with a job";
  use.reading = fmt::format(
      "Of {:.0f} accelerators; over the run {:.2f} % of all accelerator-time "
      "is busy.",
      all, 100 * answer.summary.utilization);
  use.data.number("time", "days", busy.days()).number("with a job", "accelerators", busy.means());
  LineChart chart = area_of("time", {"with a job"});
  chart.limit = all;
  chart.limit_label = "all accelerators";
  use.chart = std::move(chart);
  use.assumptions = {note};
  PageFigure queue;
  queue.id = "queue";
  queue.title = "Jobs that wait for their first start";
  queue.reading = "How long the queue is; the table has the accelerators that it asks for too.";
  queue.data.number("time", "days", waiting.days()).number("waiting", "jobs", waiting.means());
  queue.data.number("asked for", "accelerators", wanted.means());
  queue.chart = area_of("time", {"waiting"});
  queue.assumptions = {fmt::format("Means over {} equal steps of time.", kTimeSteps)};
  section.figures = {std::move(use), std::move(queue)};
  return section;
}

}  // namespace polyfleet
