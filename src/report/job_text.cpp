#include <fmt/format.h>

#include "report/job_report.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string time(double seconds) {
  if (seconds >= 2 * 86400) return fmt::format("{:.2f} d", seconds / 86400);
  if (seconds >= 2 * 3600) return fmt::format("{:.2f} h", seconds / 3600);
  if (seconds >= 2 * 60) return fmt::format("{:.2f} min", seconds / 60);
  return fmt::format("{:.3g} s", seconds);
}

std::string sizes(const JobSizeClass& each) {
  return each.least == each.most ? fmt::format("{}", each.most)
                                 : fmt::format("{}-{}", each.least, each.most);
}

void add_class(TextTable& table, const std::string& name, const JobSizeClass& each) {
  table.row({name, fmt::format("{}", each.jobs), time(each.wait.mean), time(each.wait.median),
             time(each.wait.p95), time(each.completion.mean), time(each.completion.median),
             time(each.completion.p95), fmt::format("{:.2f}", each.slowdown),
             fmt::format("{}", each.interruptions + each.preemptions)});
}

std::string classes_table(const JobRunSummary& summary, PageStyle style) {
  TextTable table({"accelerators", "jobs", "waits", "50 %", "95 %", "ends after", "50 %", "95 %",
                   "slowdown", "stopped"});
  for (const JobSizeClass& each : summary.classes) add_class(table, sizes(each), each);
  table.rule();
  add_class(table, "all", summary.all);
  return table.text(style);
}

std::string account_table(const JobAccount& account, PageStyle style) {
  TextTable table({"accelerator-time", "hours", "share"});
  const auto total = static_cast<double>(account.total);
  const auto add = [&](const char* name, JobTick part) {
    table.row({name, fmt::format("{:.1f}", seconds_of_job_ticks(part) / hour),
               fmt::format("{:.3f} %", total > 0 ? 100 * static_cast<double>(part) / total : 0)});
  };
  add("useful work", account.useful);
  add("work done again", account.lost);
  add("checkpoints and restarts", account.overhead);
  add("idle", account.idle);
  add("waiting spares", account.spare);
  add("in repair", account.repair);
  add("lost to outages", account.outage);
  add("maintenance", account.maintenance);
  table.rule();
  add("all", account.total);
  return table.text(style);
}

std::string pools_line(const JobAnswer& answer) {
  std::string line;
  for (const JobPool& pool : answer.pools) {
    if (!line.empty()) line += "; ";
    line += fmt::format("{}: {} nodes of {}", pool.name, pool.nodes, pool.per_node);
    if (pool.nodes_per_domain < pool.nodes)
      line += fmt::format(", {} to a domain", pool.nodes_per_domain);
    if (pool.spare_nodes > 0) line += fmt::format(", {} of them spares", pool.spare_nodes);
  }
  return line;
}

std::string trace_lines(const JobTraceSummary& trace) {
  std::string text = fmt::format(
      "Trace      {} jobs over {}; working time mean {}, median {}, longest {}\n"
      "           accelerators a job mean {:.3f}, median {:.0f}, most {:.0f}; {:.4g} "
      "accelerator-hours, {:.1f} busy on average\n",
      trace.jobs, time(trace.span / second), time(trace.seconds.mean), time(trace.seconds.median),
      time(trace.seconds.most), trace.accelerators.mean, trace.accelerators.median,
      trace.accelerators.most, trace.accelerator_seconds / 3600, trace.mean_busy);
  if (!trace.wait_seconds.empty())
    text += fmt::format("           waited as recorded: mean {}, median {}\n",
                        time(trace.wait_seconds[0]), time(trace.wait_seconds[1]));
  if (!trace.state_jobs.empty())
    text += fmt::format(
        "           completed {:.1f} %, cancelled {:.1f} %, failed {:.1f} % of the jobs; {:.1f}, "
        "{:.1f}, {:.1f} % of the accelerator-time\n",
        100 * trace.state_jobs[0], 100 * trace.state_jobs[1], 100 * trace.state_jobs[2],
        100 * trace.state_time[0], 100 * trace.state_time[1], 100 * trace.state_time[2]);
  return text;
}

std::string health_line(const JobRun& run) {
  std::string line;
  const auto add = [&](std::int64_t count, const char* what) {
    if (count > 0) line += fmt::format("{}{} {}", line.empty() ? "" : ", ", count, what);
  };
  add(run.failures, "node failures");
  add(run.exchanged, "lemon nodes exchanged");
  add(run.most_nodes_down, "nodes in repair at the worst moment");
  add(run.outages, "outages");
  add(run.windows, "maintenance windows");
  return line.empty() ? "" : "Health     " + line + "\n";
}

}  // namespace

std::string job_text(const JobAnswer& answer, PageStyle style) {
  const JobRunSummary& summary = answer.summary;
  std::string text = answer.name + "\n\n";
  text += trace_lines(answer.trace);
  text += fmt::format("Cluster    {}\nPolicy     {}\n", pools_line(answer), answer.policy);
  text += health_line(answer.run);
  text += fmt::format(
      "Result     last job ends after {}; utilisation {:.2f} %, goodput {:.2f} %, availability "
      "{:.2f} %\n\n",
      time(summary.makespan / second), 100 * summary.utilization, 100 * summary.goodput,
      100 * summary.availability);
  text += classes_table(summary, style) + '\n' + account_table(answer.run.account, style);
  if (answer.run.refused > 0)
    text +=
        fmt::format("\n{} jobs are refused: no pool can hold or run them.\n", answer.run.refused);
  const std::int64_t open = summary.all.jobs - summary.all.finished - answer.run.refused;
  if (open > 0) text += fmt::format("\n{} jobs had not ended.\n", open);
  if (answer.run.interrupted) text += "\nInterrupted: what was played so far.\n";
  if (!answer.assumptions.empty() || !answer.file.remarks.empty()) text += '\n';
  for (const std::string& each : answer.file.remarks) text += "- " + each + '\n';
  for (const std::string& each : answer.assumptions) text += "- " + each + '\n';
  return text;
}

}  // namespace polyfleet
