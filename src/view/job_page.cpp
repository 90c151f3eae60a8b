#include "view/job_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/running_statistics.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

constexpr double kSecondsAnHour = 3600;
constexpr std::size_t kMostJobLines = 6;

std::string time_text(double in_seconds) {
  if (in_seconds >= 2 * 86400) return fmt::format("{:.2f} d", in_seconds / 86400);
  if (in_seconds >= 2 * kSecondsAnHour) return fmt::format("{:.2f} h", in_seconds / kSecondsAnHour);
  if (in_seconds >= 120) return fmt::format("{:.2f} min", in_seconds / 60);
  return fmt::format("{:.3g} s", in_seconds);
}

std::string sizes(const JobSizeClass& each) {
  return each.least == each.most ? fmt::format("{}", each.most)
                                 : fmt::format("{}-{}", each.least, each.most);
}

std::vector<PageFact> facts_of(const JobAnswer& answer) {
  const JobRunSummary& summary = answer.summary;
  std::vector<PageFact> facts{
      {"jobs", fmt::format("{}", summary.all.jobs),
       fmt::format("{} ended, {} refused", summary.all.finished, answer.run.refused)},
      {"waits, mean", time_text(summary.all.wait.mean),
       fmt::format("median {}, 95 % {}", time_text(summary.all.wait.median),
                   time_text(summary.all.wait.p95))},
      {"ends after, mean", time_text(summary.all.completion.mean),
       fmt::format("median {}, 95 % {}", time_text(summary.all.completion.median),
                   time_text(summary.all.completion.p95))},
      {"last job ends after", time_text(summary.makespan / second), {}},
      {"utilisation", fmt::format("{:.2f} %", 100 * summary.utilization),
       "busy accelerator-time of all"},
      {"goodput", fmt::format("{:.2f} %", 100 * summary.goodput), "work that counted, of all"},
      {"availability", fmt::format("{:.2f} %", 100 * summary.availability),
       fmt::format("{} node failures", answer.run.failures)}};
  return facts;
}

/// Sorted waits (s) of started jobs in a size range.
std::vector<double> waits_of(const JobAnswer& answer, int least, int most) {
  std::vector<double> waits;
  for (std::size_t i = 0; i < answer.run.outcomes.size(); ++i) {
    const JobOutcome& outcome = answer.run.outcomes[i];
    const Job& job = answer.file.trace.jobs[i];
    if (outcome.started < 0 || job.accelerators < least || job.accelerators > most) continue;
    waits.push_back(job_seconds(outcome.started - job.arrival));
  }
  std::sort(waits.begin(), waits.end());
  return waits;
}

PageFigure waiting(const JobAnswer& answer) {
  std::vector<double> shares;
  for (int percent = 0; percent <= 100; ++percent) shares.push_back(percent);
  PageFigure figure;
  figure.id = "waiting";
  figure.title = "How long jobs wait";
  figure.reading = fmt::format(
      "At 90 on the axis below: nine jobs of ten wait at most so long until their first start "
      "(mean {}, median {}, 95 % {}). Where a line begins, jobs to its left start at once.",
      time_text(answer.summary.all.wait.mean), time_text(answer.summary.all.wait.median),
      time_text(answer.summary.all.wait.p95));
  figure.data.number("share of the jobs", "%", shares);
  LineChart chart;
  chart.x = "share of the jobs";
  chart.y_scale = AxisScale::logarithmic;
  const auto add = [&](const std::string& name, int least, int most) {
    const std::vector<double> waits = waits_of(answer, least, most);
    if (waits.empty() || waits.back() <= 0) return;
    std::vector<double> hours;
    for (const double share : shares) {
      const double wait = quantile(waits, share / 100);
      hours.push_back(wait > 0 ? rounded(wait / kSecondsAnHour) : std::nan(""));
    }
    figure.data.number(name, "h", std::move(hours));
    chart.values.push_back(name);
  };
  add("all jobs", 0, answer.summary.all.most);
  std::vector<JobSizeClass> classes = answer.summary.classes;
  std::stable_sort(classes.begin(), classes.end(),
                   [](const auto& a, const auto& b) { return a.jobs > b.jobs; });
  if (classes.size() > kMostJobLines) classes.resize(kMostJobLines);
  std::stable_sort(classes.begin(), classes.end(),
                   [](const auto& a, const auto& b) { return a.least < b.least; });
  if (classes.size() > 1)
    for (const JobSizeClass& each : classes)
      add(sizes(each) + " accelerators", each.least, each.most);
  figure.chart = std::move(chart);
  if (answer.summary.classes.size() > kMostJobLines)
    figure.assumptions = {fmt::format("Lines for the {} sizes with most jobs of {}.", kMostJobLines,
                                      answer.summary.classes.size())};
  return figure;
}

PageFigure by_size(const JobAnswer& answer) {
  std::vector<std::string> names;
  std::vector<double> jobs, finished, wait, wait95, ends, ends95, slowdown, hours, stopped;
  std::vector<JobSizeClass> rows = answer.summary.classes;
  for (const JobSizeClass& each : rows) {
    names.push_back(sizes(each));
    jobs.push_back(static_cast<double>(each.jobs));
    finished.push_back(static_cast<double>(each.finished));
    wait.push_back(rounded(each.wait.mean / kSecondsAnHour));
    wait95.push_back(rounded(each.wait.p95 / kSecondsAnHour));
    ends.push_back(rounded(each.completion.mean / kSecondsAnHour));
    ends95.push_back(rounded(each.completion.p95 / kSecondsAnHour));
    slowdown.push_back(rounded(each.slowdown));
    hours.push_back(rounded(each.accelerator_seconds / kSecondsAnHour));
    stopped.push_back(static_cast<double>(each.interruptions + each.preemptions));
  }
  PageFigure figure;
  figure.id = "by_size";
  figure.title = "Waiting and completion by size of job";
  figure.reading =
      "Means by the accelerators of a job; slowdown is completion over working time in "
      "the fastest pool.";
  figure.data.word("accelerators", names).number("jobs", "", jobs).number("ended", "", finished);
  figure.data.number("waits", "h", wait).number("waits, 95 %", "h", wait95);
  figure.data.number("ends after", "h", ends).number("ends after, 95 %", "h", ends95);
  figure.data.number("slowdown", "", slowdown).number("accelerator-hours", "h", hours);
  figure.data.number("stopped", "times", stopped);
  BarChart chart;
  chart.category = "accelerators";
  chart.values = {"waits", "ends after"};
  figure.chart = std::move(chart);
  return figure;
}

PageFigure account_of(const JobAccount& account) {
  std::vector<std::string> names;
  std::vector<double> hours, shares;
  const double total = static_cast<double>(account.total);
  const auto add = [&](const char* name, JobTick part) {
    if (part == 0) return;
    names.emplace_back(name);
    hours.push_back(rounded(job_seconds(part) / kSecondsAnHour));
    shares.push_back(total > 0 ? rounded(100 * static_cast<double>(part) / total) : 0);
  };
  add("useful work", account.useful);
  add("work done again", account.lost);
  add("checkpoints and restarts", account.overhead);
  add("idle", account.idle);
  add("waiting spares", account.spare);
  add("in repair", account.repair);
  add("lost to outages", account.outage);
  add("maintenance", account.maintenance);
  PageFigure figure;
  figure.id = "accelerator_time";
  figure.title = "What became of accelerator-time";
  figure.reading =
      "Shares of all accelerator-time from the first arrival to the last end; they sum "
      "to 100 %.";
  figure.data.word("what", names).number("share", "%", shares).number("hours", "h", hours);
  BarChart chart;
  chart.category = "what";
  chart.values = {"share"};
  chart.horizontal = true;
  figure.chart = std::move(chart);
  return figure;
}

std::string pools_text(const JobAnswer& answer) {
  std::string text;
  for (const JobPool& pool : answer.pools)
    text += fmt::format("{}{}: {} nodes of {}", text.empty() ? "" : "; ", pool.name, pool.nodes,
                        pool.per_node);
  return text;
}

}  // namespace

FigurePage job_page(const JobAnswer& answer) {
  FigurePage page;
  page.title = answer.name.empty() ? "Jobs on a cluster" : answer.name;
  page.subtitle =
      fmt::format("{} jobs on {}; policy {}", answer.trace.jobs, pools_text(answer), answer.policy);
  page.facts = facts_of(answer);
  if (answer.run.interrupted)
    page.notices.emplace_back("Interrupted: the pictures show what was played so far.");
  if (answer.run.refused > 0)
    page.notices.push_back(
        fmt::format("{} jobs are refused: no pool can hold or run them.", answer.run.refused));
  const std::int64_t open =
      answer.summary.all.jobs - answer.summary.all.finished - answer.run.refused;
  if (open > 0) page.notices.push_back(fmt::format("{} jobs had not ended.", open));
  FigureSection jobs{"Jobs", {}};
  if (PageFigure figure = waiting(answer); figure.data.columns.size() > 1)
    jobs.figures.push_back(std::move(figure));
  if (!answer.summary.classes.empty()) jobs.figures.push_back(by_size(answer));
  jobs.figures.push_back(account_of(answer.run.account));
  page.sections.push_back(std::move(jobs));
  page.sections.push_back(job_time_section(answer));
  std::vector<std::string> notes = answer.file.remarks;
  notes.insert(notes.end(), answer.assumptions.begin(), answer.assumptions.end());
  if (!notes.empty()) {
    PageFigure figure;
    figure.id = "assumptions";
    figure.title = "Remarks and assumptions";
    figure.reading = "What the trace's reader noticed and what nobody stated.";
    figure.data.word("note", std::move(notes));
    page.sections.push_back({"Assumptions", {std::move(figure)}});
  }
  std::erase_if(page.sections, [](const FigureSection& each) { return each.figures.empty(); });
  return page;
}

}  // namespace polyfleet
